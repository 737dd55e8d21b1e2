#include "rectification_rules.hpp"

#include <map>

namespace samtal::rights {

namespace {

struct Text {
    char const *sv, *en;
    [[nodiscard]] std::string in(std::string_view language) const { return language == "en" ? en : sv; }
};

std::map<std::string_view, Text> const elsewhere{
    {"phone_numbers",
     {"Numret har tilldelats av din organisation. Dess administratör rättar det.",
      "Your organisation assigned the number. Its administrator corrects it."}},
    {"username",
     {"Användarnamnet är bara till för inloggning och kan inte ändras. Du kan radera kontot och bli inbjuden på "
      "nytt.",
      "The user name only serves to sign in and cannot be changed. You can erase the account and be invited "
      "anew."}},
    {"messages",
     {"Meddelanden säger vad som skrevs då. Skriv ett nytt meddelande med det som är rätt.",
      "Messages say what was written then. Write a new one with what is right."}},
    {"calls",
     {"Samtalshistoriken kommer från telefonväxeln. Din administratör rättar den där, och då rättas den här.",
      "The call history comes from the telephone switch. Your administrator corrects it there, which corrects it "
      "here."}},
};

}  // namespace

bool is_correctable(std::string_view field) {
    return field == "given_name" || field == "family_name" || field == "contact_numbers";
}

std::optional<std::string> why_not_correctable(std::string_view field, std::string_view language) {
    auto const found = elsewhere.find(field);
    if (found == elsewhere.end()) return std::nullopt;
    return found->second.in(language);
}

std::string address_not_confirmed(std::string_view language) {
    return Text{"Den nya adressen bekräftades inte i tid.", "The new address was not confirmed in time."}.in(
        language);
}

std::string address_superseded(std::string_view language) {
    return Text{"Ersatt av en senare begäran.", "Replaced by a later request."}.in(language);
}

}  // namespace samtal::rights
