#include "terms_codec.hpp"

#include "document.hpp"

#include <nlohmann/json.hpp>

namespace samtal::processing {

using nlohmann::json;

namespace {

json recipient_terms(Recipient const& who) {
    // By name: a new company is a new recipient, whatever the register calls it.
    return {{"id", who.id},
            {"name", {{"sv", who.name.sv}, {"en", who.name.en}}},
            {"role", who.role},
            {"country", who.country},
            {"mechanism", who.mechanism}};
}

json retention_terms(Retention const& r) {
    json steps = json::array();
    for (Step const& step : r.steps)
        steps.push_back({{"of", step.of}, {"duration", step.duration}, {"action", step.action}});
    return {
        {"anchor", r.anchor}, {"duration", r.duration}, {"action", r.action}, {"lag", r.lag}, {"steps", steps}};
}

}  // namespace

std::string terms_hash(Register const& r, PurposeEntry const& p) {
    json recipients = json::array();
    for (std::string const& id : p.recipients) recipients.push_back(recipient_terms(r.recipient(id)));
    json const terms{{"purpose", p.name},
                     {"basis", p.basis},
                     {"choice", p.choice},
                     {"fields", p.fields},
                     {"retention", retention_terms(p.retention)},
                     {"recipients", std::move(recipients)}};
    return hash_bytes(terms.dump());  // keys in the order of the alphabet, no spaces
}

std::string notice_version(Register const& r) {
    constexpr std::size_t enough = 12;
    std::string all = r.controller;
    for (PurposeEntry const& p : r.purposes) all += p.terms_hash;
    return hash_hex(all).substr(0, enough);
}

}  // namespace samtal::processing
