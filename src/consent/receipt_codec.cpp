#include "receipt_codec.hpp"

#include "samtal/core/time.hpp"
#include "samtal/storage/values.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <set>
#include <vector>

namespace samtal::consent {

using nlohmann::json;

namespace {

constexpr std::string_view kind = "samtal consent receipt v1\n";

std::string hex(std::string_view bytes) {
    return storage::bytea(bytes).substr(2);
}

/// Nothing for text that is no JSON object, or names a key twice: readers do not agree which one counts.
std::optional<json> parse_object(std::string_view text) {
    std::vector<std::set<std::string>> open;
    bool twice = false;
    auto const watch = [&](int, json::parse_event_t event, json const& value) {
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key) twice |= !open.back().insert(value.get<std::string>()).second;
        return true;
    };
    json parsed = json::parse(text, watch, false);
    if (twice || !parsed.is_object()) return std::nullopt;
    return parsed;
}

/// Nothing unless it is exactly a signature's 64 bytes.
std::string signature_of(std::string const& text) {
    std::string bytes(crypto_sign_BYTES, '\0');
    std::size_t size = 0;
    int const read = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                    text.size(), nullptr, &size, nullptr);
    return read == 0 && size == bytes.size() ? bytes : std::string{};
}

}  // namespace

std::string compose_document(Evidence const& e) {
    Circumstances const& how = e.act.how;
    json const fields{{"schema_version", "ISO/IEC TS 27560:2023"},
                      {"record_id", e.act.event.text()},
                      {"pii_principal_id", hex(e.subject)},
                      {"pii_controller", e.controller},
                      {"purpose", e.act.purpose},
                      {"lawful_basis", "consent"},
                      {"terms_hash", hex(e.act.terms_hash)},
                      {"privacy_notice", e.act.notice_version},
                      {"privacy_notice_hash", hex(e.notice_hash)},
                      {"language", how.language},
                      {"event_type", "explicit"},
                      {"event_state", e.act.state},
                      {"event_time", rfc3339(e.acted_at)},
                      {"shown_time", how.shown_at ? json(rfc3339(*how.shown_at)) : json(nullptr)},
                      {"collection_method", how.control},
                      {"channel", how.channel},
                      {"app_version", how.app_version},
                      {"given_by", how.by_guardian ? "guardian" : "pii_principal"},
                      {"sequence", e.sequence},
                      {"previous_hash", e.previous_hash.empty() ? json(nullptr) : json(hex(e.previous_hash))}};
    return std::string{kind} + fields.dump();
}

std::string encode_receipt(Entry const& entry) {
    json receipt = json::parse(std::string_view{entry.document}.substr(kind.size()));
    receipt["signature"] = hex(entry.signature);
    return receipt.dump();
}

bool receipt_holds(std::string_view text, std::string_view public_key) {
    auto receipt = parse_object(text);
    if (!receipt) return false;
    if (auto const inner = receipt->find("receipt"); inner != receipt->end()) receipt = json(*inner);
    if (!receipt->is_object() || !receipt->contains("signature") || !receipt->at("signature").is_string())
        return false;
    std::string const signature = signature_of(receipt->at("signature").get<std::string>());
    receipt->erase("signature");
    return storage::signature_holds(public_key, std::string{kind} + receipt->dump(), signature);
}

}  // namespace samtal::consent
