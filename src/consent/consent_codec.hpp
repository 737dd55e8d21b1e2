#pragma once

#include "samtal/consent/consent.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::consent {

struct ReadReceipt {
    std::string purpose;
};
struct Acknowledge {
    std::string notice_version;
};
struct ReadNotice {
    std::optional<std::string> language;
};

[[nodiscard]] Result<ListConsents> decode_list(gateway::Ask const&);
[[nodiscard]] Result<ReadHistory> decode_history(gateway::Ask const&);
[[nodiscard]] Result<Choose> decode_choose(gateway::Ask const&);
[[nodiscard]] Result<ReadReceipt> decode_receipt(gateway::Ask const&);
[[nodiscard]] Result<Acknowledge> decode_acknowledge(gateway::Ask const&);
[[nodiscard]] Result<ReadNotice> decode_notice(gateway::Ask const&);

[[nodiscard]] std::string encode(Overview const&);
[[nodiscard]] std::string encode(History const&);
/// The purpose's new state, and the receipt.
[[nodiscard]] std::string encode(Entry const&);
[[nodiscard]] std::string encode_acknowledgement(std::string const& notice_version, Timestamp);
[[nodiscard]] std::string encode_notice(Notices::Text const&, std::string const& language,
                                        std::string const& version);

}  // namespace samtal::consent
