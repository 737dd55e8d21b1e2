#include "certificate.hpp"
#include "encoding.hpp"
#include "samtal/core/register_texts.hpp"

#include <nlohmann/json.hpp>

namespace samtal::rights {

using nlohmann::json;

namespace {

json const& register_json() {
    static json const texts = json::parse(register_texts);
    return texts;
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

}  // namespace

std::string encode_certificate(Certificate const& c, storage::Signer const& signer) {
    json const certificate{{"request_id", c.request.text()},
                           {"controller", register_json().at("controller")},
                           {"register_version", register_json().at("version")},
                           {"completed_at", rfc3339(c.completed_at)},
                           {"key_destroyed", true},
                           {"erased", erased_json(c)},
                           {"kept", register_json().at("kept_after_erasure")},
                           {"recipients_told", c.told}};
    std::string const text = std::string{certificate_title} + certificate.dump();
    return json{{"certificate", certificate},
                {"signed", text},
                {"signature", base64url(signer.sign(text))},
                {"public_key", base64url(signer.public_key())}}
        .dump();
}

std::vector<std::string> recipients_to_tell() {
    std::vector<std::string> found;
    for (auto const& [id, recipient] : register_json().at("recipients").items())
        if (recipient.at("role") != "controller") found.push_back(id);
    return found;
}

}  // namespace samtal::rights
