#pragma once

#include "samtal/consent/consent.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::consent {

/// GET /v1/consents. With Sec-GPC: 1 some purposes show as not given, whatever stands in the ledger.
struct ListConsents {
    bool privacy_control;
};
struct ReadHistory {
    std::string purpose;
};
struct ReadNotice {
    std::optional<std::string> language;
};

[[nodiscard]] Result<ListConsents> decode_list(gateway::Ask const&);
[[nodiscard]] Result<ReadHistory> decode_history(gateway::Ask const&);
[[nodiscard]] Result<Choose> decode_choose(gateway::Ask const&);
[[nodiscard]] Result<ReadNotice> decode_notice(gateway::Ask const&);

[[nodiscard]] std::string encode_list(std::vector<Standing> const&, Notices const&, bool privacy_control);
[[nodiscard]] std::string encode_history(std::vector<Standing> const&);
[[nodiscard]] std::string encode_choice(Standing const&, Notices const&, UserId);
[[nodiscard]] std::string encode_notice(Notices::Text const&, std::string const& language,
                                        std::string const& version);

}  // namespace samtal::consent
