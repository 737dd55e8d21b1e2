#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::calls {

using SetupPermit = Permit<purpose::CallSetup>;      // a switch reports
using HistoryPermit = Permit<purpose::CallHistory>;  // a person looks at their own calls

/// As the person sees it whose row it is.
enum class Direction : unsigned char { incoming, outgoing };
enum class Outcome : unsigned char { answered, busy, no_answer, cancelled, failed };

[[nodiscard]] std::string_view name_of(Direction) noexcept;
[[nodiscard]] std::string_view name_of(Outcome) noexcept;
[[nodiscard]] std::optional<Direction> direction_named(std::string_view) noexcept;
[[nodiscard]] std::optional<Outcome> outcome_named(std::string_view) noexcept;

/// How far a call of the history has faded: the other's number is whole, without its last digits, a token that
/// leads to nobody, or gone because they were erased.
enum class Stage : unsigned char { full, masked, token, removed };
[[nodiscard]] std::string_view name_of(Stage) noexcept;
[[nodiscard]] std::optional<Stage> stage_named(std::string_view) noexcept;

/// When a call was. The columns are read together, so they open together.
struct CallTimes {
    Timestamp started_at;
    std::optional<Timestamp> answered_at;
    Timestamp ended_at;
    bool clock_off = false;  // it ended after it was reported: the switch's clock is wrong

    friend bool operator==(CallTimes const&, CallTimes const&) = default;
};
using SomeTimes = Personal<CallTimes, field::CallsStartedAt>;
using OwnNumber = Personal<std::string, field::CallsOwnNumber>;
using Counterpart = Personal<std::string, field::CallsCounterpart>;

/// Which side of a call a part of it tells best about: FreeSWITCH's legs. Asterisk's parts are attempts.
enum class Leg : unsigned char { any, originating, terminating };

/// A call that a switch reports in several records has a part in each; they become one call.
struct CallPart {
    std::string id;  // the switch's name for the part; empty: the record is of the whole call
    Leg leg = Leg::any;
};

/// One call as a switch reports it; an absent number was withheld.
struct CallRecord {
    std::string source_call_id;  // the switch's own name for the call
    CallPart part;
    std::optional<Counterpart> caller;
    std::optional<Counterpart> callee;
    SomeTimes times;
    Outcome outcome;
};

/// A batch. What could not be decoded stands as its error, so that the others are not harmed.
struct IngestCalls {
    SwitchId switch_id;
    std::vector<Result<CallRecord>> records;
    bool single = false;  // the body was one record: when that one is refused, so is the request
};
struct Rejection {
    std::size_t index;  // in the batch
    Error problem;
};
struct IngestReport {
    std::size_t accepted = 0;
    std::size_t corrected = 0;
    std::size_t duplicates = 0;
    std::vector<Rejection> rejected;
};

/// How far a call is, as a switch tells it while it happens.
enum class Progress : unsigned char { ringing, talking, over };
struct CallEvent {
    SwitchId switch_id;
    std::string source_call_id;
    Progress progress;
    std::optional<Outcome> outcome;  // of what is over, where the switch says it at once; else the record does
    std::optional<Counterpart> caller;
    std::optional<Counterpart> callee;
};

}  // namespace samtal::calls
