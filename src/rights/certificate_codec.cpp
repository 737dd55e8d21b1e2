#include "certificate.hpp"
#include "encoding.hpp"
#include "samtal/core/register_texts.hpp"

#include <nlohmann/json.hpp>

namespace samtal::rights {

using nlohmann::json;

namespace {

/// What stays after an erasure and why: part of the structure, so compiled in.
json const& kept_after_erasure() {
    static json const facts = json::parse(register_facts);
    return facts.at("kept_after_erasure");
}

json erased_json(Certificate const& c) {
    json by_category = json::object();
    json holdings = json::array();
    for (ErasedRows const& rows : c.erased) {
        by_category[rows.category] = by_category.value(rows.category, std::int64_t{0}) + rows.count;
        holdings.push_back({{"holding", rows.holding}, {"category", rows.category}, {"rows", rows.count}});
    }
    return {{"by_category", std::move(by_category)}, {"holdings", std::move(holdings)}};
}

json changed_json(Certificate const& c) {
    json holdings = json::array();
    for (ErasedRows const& rows : c.changed)
        holdings.push_back({{"holding", rows.holding}, {"category", rows.category}, {"rows", rows.count}});
    return holdings;
}

}  // namespace

std::string encode_certificate(Certificate const& c, storage::Signer const& signer,
                               processing::Register const& in_force) {
    json const certificate{{"request_id", c.request.text()},
                           {"controller", in_force.controller},
                           {"register_version", in_force.version},
                           {"completed_at", rfc3339(c.completed_at)},
                           {"key_destroyed", true},
                           {"erased", erased_json(c)},
                           {"changed_for_others", changed_json(c)},
                           {"kept", kept_after_erasure()},
                           {"recipients_to_be_told", c.told},
                           {"recipients_count", c.told.size()}};
    std::string const text = std::string{certificate_title} + certificate.dump();
    return json{{"certificate", certificate},
                {"signed", text},
                {"signature", base64url(signer.sign(text))},
                {"public_key", base64url(signer.public_key())}}
        .dump();
}

}  // namespace samtal::rights
