#include "samtal/register/record.hpp"

#include <map>
#include <utility>

namespace samtal::processing {

std::string_view in_words(std::string_view word, std::string_view language) {
    static std::map<std::string_view, std::pair<std::string_view, std::string_view>> const words{
        {"contract", {"avtal", "contract"}},
        {"consent", {"samtycke", "consent"}},
        {"legal_obligation", {"rättslig förpliktelse", "legal obligation"}},
        {"legitimate_interest", {"berättigat intresse", "legitimate interest"}},
        {"none", {"inget val", "no choice"}},
        {"opt_in", {"samtycke, av tills det ges", "consent, off until given"}},
        {"object", {"kan invända", "may object"}},
        {"processor", {"personuppgiftsbiträde", "processor"}},
        {"controller", {"personuppgiftsansvarig", "controller"}},
        {"authority", {"myndighet", "authority"}},
        {"eea", {"inom EES", "within the EEA"}},
        {"adequacy", {"beslut om adekvat skyddsnivå", "adequacy decision"}},
        {"scc", {"standardavtalsklausuler", "standard contractual clauses"}},
        {"derogation", {"uttryckligt samtycke (GDPR 49.1 a)", "explicit consent (GDPR 49.1 a)"}},
    };
    auto const found = words.find(word);
    if (found == words.end()) return word;
    return language == "sv" ? found->second.first : found->second.second;
}

}  // namespace samtal::processing
