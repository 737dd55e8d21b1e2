#include "record_rows.hpp"

#include <nlohmann/json.hpp>

namespace samtal::processing {

using nlohmann::ordered_json;

namespace {

ordered_json to_json(Words const& text) {
    if (text.sv.empty() && text.en.empty()) return nullptr;
    return {{"sv", text.sv}, {"en", text.en}};
}

template <class Ids, class Name>
ordered_json named(Ids const& ids, Name name) {
    ordered_json all = ordered_json::array();
    for (auto const& id : ids) all.push_back({{"id", id}, {"name", to_json(name(id))}});
    return all;
}

ordered_json recipients(Register const& r, PurposeEntry const& p) {
    ordered_json all = ordered_json::array();
    for (std::string const& id : p.recipients) {
        Recipient const& who = r.recipient(id);
        ordered_json one{{"id", id},
                         {"name", to_json(who.name)},
                         {"role", who.role},
                         {"country", who.country},
                         {"mechanism", who.mechanism},
                         {"agreement", nullptr},
                         {"expires", nullptr}};
        if (!who.agreement.empty()) one["agreement"] = who.agreement;
        if (!who.expires.empty()) one["expires"] = who.expires;
        all.push_back(std::move(one));
    }
    return all;
}

ordered_json retention(Retention const& kept) {
    ordered_json steps = ordered_json::array();
    for (Step const& step : kept.steps)
        steps.push_back({{"of", step.of}, {"duration", step.duration}, {"action", step.action}});
    return {{"anchor", kept.anchor},
            {"duration", kept.duration},
            {"action", kept.action},
            {"lag", kept.lag},
            {"steps", std::move(steps)}};
}

ordered_json to_json(Register const& r, PurposeEntry const& p) {
    return {{"id", p.name},
            {"title", to_json(p.title)},
            {"reason", to_json(p.reason)},
            {"basis", p.basis},
            {"law", p.law},
            {"interest", to_json(p.interest)},
            {"data_categories", named(p.categories, [&](auto const& id) { return r.category(id); })},
            {"people_categories", named(p.people, [&](auto const& id) { return r.group(id); })},
            {"fields", p.fields},
            {"source", to_json(p.source)},
            {"recipients", recipients(r, p)},
            {"retention", retention(p.retention)},
            {"kept", to_json(p.kept)},
            {"choice", p.choice},
            {"off_by_gpc", p.off_by_gpc}};
}

}  // namespace

std::string record_json(Register const& r) {
    ordered_json security = ordered_json::array(), purposes = ordered_json::array();
    for (Words const& measure : r.security) security.push_back(to_json(measure));
    for (PurposeEntry const& p : r.purposes) purposes.push_back(to_json(r, p));
    ordered_json const record{{"version", r.version},
                              {"service_class", r.service_class},
                              {"controller", r.controller},
                              {"contact", r.contact},
                              {"data_protection_officer", r.dpo},
                              {"authority", r.authority},
                              {"security", std::move(security)},
                              {"purposes", std::move(purposes)}};
    return record.dump(2) + "\n";
}

}  // namespace samtal::processing
