#pragma once

#include "pg_dialing_repository.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::dialing {

struct OneRequest {
    CallRequestId id;
};
struct OneSwitch {
    SwitchId id;
};
/// A switch's report, and whose it is.
struct ReportedState {
    SwitchId by;
    SwitchReport report;
};

[[nodiscard]] Result<WantedCall> decode_call(gateway::Ask const&, calls::PhoneNumbers const&);
[[nodiscard]] Result<OneRequest> decode_request(gateway::Ask const&);
[[nodiscard]] Result<ReportedState> decode_report(gateway::Ask const&);
[[nodiscard]] Result<NewCallback> decode_callback(gateway::Ask const&);
[[nodiscard]] Result<OneSwitch> decode_switch(gateway::Ask const&);

[[nodiscard]] std::string encode_accepted(CallRequestId);
[[nodiscard]] std::string encode(CallRequest const&);
/// The frame `call.state`.
[[nodiscard]] std::string encode_frame(SwitchReport const&);

/// What a switch is asked, and what it answers: {"source_call_id":…}, or anything else.
[[nodiscard]] std::string encode_for_switch(CallPermit const&, OpenedRequest const&);
[[nodiscard]] std::string source_call_id_of(std::string_view answer);

}  // namespace samtal::dialing
