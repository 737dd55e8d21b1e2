#include "record_rows.hpp"

#include "samtal/register/record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace samtal::processing {

namespace {

template <class Ids, class Name>
std::string listed(Ids const& ids, Name name) {
    std::vector<std::string> names;
    for (auto const& id : ids) names.push_back(name(id));
    return fmt::format("{}", fmt::join(names, "; "));
}

}  // namespace

std::string recipient_in_words(Recipient const& who, std::string_view language) {
    return fmt::format("{} ({}, {}, {})", who.name.in(language), in_words(who.role, language), who.country,
                       in_words(who.mechanism, language));
}

std::vector<Row> controller_rows(Register const& r, std::string_view language) {
    bool const sv = language == "sv";
    return {{sv ? "Personuppgiftsansvarig" : "Controller", r.controller},
            {sv ? "Kontakt" : "Contact", r.contact},
            {sv ? "Dataskyddsombud" : "Data protection officer", r.dpo},
            {sv ? "Tillsynsmyndighet" : "Supervisory authority", r.authority},
            {sv ? "Version" : "Version", r.version}};
}

std::vector<Row> purpose_rows(Register const& r, PurposeEntry const& p, std::string_view language) {
    bool const sv = language == "sv";
    auto const category = [&](std::string const& id) { return r.category(id).in(language); };
    auto const group = [&](std::string const& id) { return r.group(id).in(language); };
    auto const recipient = [&](std::string const& id) { return recipient_in_words(r.recipient(id), language); };
    auto const measure = [&](Words const& text) { return text.in(language); };
    return {{sv ? "Ändamål" : "Purpose", p.title.in(language)},
            {sv ? "Beteckning" : "Identifier", p.name},
            {sv ? "Varför" : "Reason", p.reason.in(language)},
            {sv ? "Rättslig grund" : "Lawful basis", std::string{in_words(p.basis, language)}},
            {sv ? "Lagrum" : "Law", p.law},
            {sv ? "Berättigat intresse" : "Legitimate interest", p.interest.in(language)},
            {sv ? "Kategorier av uppgifter" : "Categories of data", listed(p.categories, category)},
            {sv ? "Kategorier av personer" : "Categories of people", listed(p.people, group)},
            {sv ? "Källa" : "Source", p.source.in(language)},
            {sv ? "Mottagare och överföring" : "Recipients and transfers", listed(p.recipients, recipient)},
            {sv ? "Lagringstid" : "Retention", p.kept.in(language)},
            {sv ? "Val" : "Choice", std::string{in_words(p.choice, language)}},
            {sv ? "Säkerhetsåtgärder" : "Security measures", listed(r.security, measure)}};
}

}  // namespace samtal::processing
