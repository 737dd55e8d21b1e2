#pragma once

#include "desk.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::rights {

[[nodiscard]] Result<ListOpen> decode_list_open(gateway::Ask const&);
[[nodiscard]] Result<ShowRequest> decode_show(gateway::Ask const&);
[[nodiscard]] Result<Decision> decode_extension(gateway::Ask const&);
[[nodiscard]] Result<Decision> decode_refusal(gateway::Ask const&);
[[nodiscard]] Result<Intake> decode_intake(gateway::Ask const&);
[[nodiscard]] Result<ListNotices> decode_list_notices(gateway::Ask const&);
[[nodiscard]] Result<ShowNotice> decode_show_notice(gateway::Ask const&);

/// With whose it is: to be answered, it has to be found.
[[nodiscard]] std::string encode_for_operator(RightsPermit const&, Request const&);
/// Without.
[[nodiscard]] std::string encode_for_operator(RightsPermit const&, RequestPage const&);
[[nodiscard]] std::string encode_intake(TakenIn const&);
[[nodiscard]] std::string encode_letter(NoticeId, std::string const& letter);

}  // namespace samtal::rights
