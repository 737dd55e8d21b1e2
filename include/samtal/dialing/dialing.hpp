#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::dialing {

using CallPermit = Permit<purpose::CallSetup>;            // a person, their switch, or the server for them
using OperatorPermit = Permit<purpose::ResellerService>;  // sets up callbacks
using CallRequestId = Id<struct CallRequestTag>;

/// How far a call has come that somebody asked for. It goes forward only, and ends in one of the last two.
enum class CallState : unsigned char { requested, accepted, ringing, connected, ended, failed };
/// Why it failed: the switch did not take the request (the first three), or nobody answered.
enum class FailReason : unsigned char { unreachable, refused, timeout, busy, no_answer, cancelled, failed };
[[nodiscard]] std::string_view name_of(CallState) noexcept;
[[nodiscard]] std::string_view name_of(FailReason) noexcept;
[[nodiscard]] std::optional<CallState> call_state_named(std::string_view) noexcept;
[[nodiscard]] std::optional<FailReason> fail_reason_named(std::string_view) noexcept;

using FromNumber = Personal<std::string, field::CallRequestsFromNumber>;
using ToNumber = Personal<std::string, field::CallRequestsToNumber>;
using OnesState = Personal<CallState, field::CallRequestsState>;

/// Whom to call: a number, or a colleague by whatever number is theirs.
struct WantedCall {
    std::optional<UserId> colleague;
    std::optional<ToNumber> number;  // where there is no colleague
    std::optional<FromNumber> from;  // which of the person's own; absent: the first
};
struct CallRequest {
    CallRequestId id;
    CallState state;
    std::optional<FailReason> reason;
    Timestamp requested_at;
    std::optional<CallId> call = std::nullopt;  // its record in the history, once it is there
};

/// What a switch says about a call it was asked to connect.
struct SwitchReport {
    CallRequestId request;
    CallState state;
    std::optional<FailReason> reason;
    std::string source_call_id;  // its own name for the call; may be empty
};

/// Where a switch takes requests, and what it lets the server in by.
struct NewCallback {
    SwitchId switch_id;
    std::string url;
    Secret credential;
};

}  // namespace samtal::dialing
