#include "samtal/core/register_texts.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/register/register.hpp"

#include "document.hpp"
#include "facts_codec.hpp"
#include "reader.hpp"
#include "rules.hpp"
#include "say_periods.hpp"
#include "structure.hpp"
#include "terms_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace samtal::processing {

namespace {

Document const& built_document() {
    static Document const document{register_source, "config/processing.toml"};
    return document;
}

Register checked(Document const& document, Problems& problems) {
    Register r = read_register(document, problems);
    if (problems.empty()) check_rules(r, document, problems);  // values of the wrong type break no rule
    compare_structure(built_document(), document, problems);
    return r;
}

Register finished(Register r) {
    std::erase_if(r.purposes, [](PurposeEntry const& p) {
        auto const fact = std::ranges::find(facts().purposes, p.name, &Facts::Purpose::name);
        return !fact->in_effect;
    });
    for (PurposeEntry& p : r.purposes) {
        p.kept_pattern = p.kept;
        say_periods(p);
        p.terms_hash = terms_hash(r, p);
    }
    r.version = notice_version(r);
    return r;
}

Register accepted(Document const& document) {
    Problems problems{document};
    Register r = checked(document, problems);
    auto const found = std::move(problems).take();
    if (found.empty()) return finished(std::move(r));
    Problem const& first = found.front();
    throw ops::ConfigError{fmt::format("{}:{}: {}: {}", document.name(), first.line, first.key, first.reason)};
}

template <class Entry>
Entry const& named(std::vector<Entry> const& all, std::string_view id) {
    auto const found = std::ranges::find(all, id, &Entry::id);
    if (found == all.end()) throw std::out_of_range{"the register does not name it"};
    return *found;
}

}  // namespace

Register load(std::string const& path) {
    return accepted(Document::load(path));
}

Register built_in() {
    return accepted(built_document());
}

std::vector<Problem> contradictions(std::string const& path) {
    Document const document = Document::load(path);
    Problems problems{document};
    (void)checked(document, problems);
    return std::move(problems).take();
}

std::vector<Problem> expired_agreements(std::string const& path, Timestamp now) {
    Document const document = Document::load(path);
    Problems ignored{document}, problems{document};
    std::string const today = rfc3339(now).substr(0, std::string_view{"2026-01-01"}.size());
    for (Recipient const& who : read_register(document, ignored).recipients)
        problems.want(who.expires.empty() || who.expires >= today, "recipients." + who.id + ".expires",
                      "the agreement has expired");
    return std::move(problems).take();
}

Recipient const& Register::recipient(std::string_view id) const {
    return named(recipients, id);
}

Words const& Register::category(std::string_view id) const {
    return named(categories, id).name;
}

Words const& Register::group(std::string_view id) const {
    return named(people, id).name;
}

std::vector<std::string> Register::reached_by(PurposeEntry const& p) const {
    std::vector<std::string> reached = p.recipients;
    for (std::size_t n = 0; n < reached.size(); ++n) {  // it grows meanwhile
        auto const who = std::ranges::find(recipients, reached[n], &Recipient::id);
        if (who == recipients.end()) continue;
        for (std::string const& next : who->passes_on_to)
            if (std::ranges::find(reached, next) == reached.end()) reached.push_back(next);
    }
    return reached;
}

PurposeEntry const* Register::purpose(std::string_view name) const noexcept {
    auto const found = std::ranges::find(purposes, name, &PurposeEntry::name);
    return found == purposes.end() ? nullptr : &*found;
}

}  // namespace samtal::processing
