#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::greetings {

using GreetingsPermit = Permit<purpose::Greetings>;  // a person and their own greetings
using SwitchPermit = Permit<purpose::CallSetup>;     // a switch asks what to play
using GreetingId = Id<struct GreetingTag>;           // one recording

/// What kept the person from answering.
enum class Kind : unsigned char { absent, busy, voicemail };
[[nodiscard]] std::string_view name_of(Kind) noexcept;
[[nodiscard]] std::optional<Kind> kind_named(std::string_view) noexcept;

/// Each of these days from a minute to another; up to the next day where `to` is not later than `from`.
struct WeeklyHours {
    std::bitset<7> days;  // Monday first
    std::chrono::minutes from{};
    std::chrono::minutes to{};  // exclusive

    friend bool operator==(WeeklyHours const&, WeeklyHours const&) = default;
};
struct DateRange {
    std::chrono::sys_days from;
    std::chrono::sys_days to;  // exclusive

    friend bool operator==(DateRange const&, DateRange const&) = default;
};
/// When a greeting applies: in any of these, by the clock of that place.
struct Schedule {
    std::string time_zone;  // an IANA name
    std::vector<WeeklyHours> weekly;
    std::vector<DateRange> dates;

    friend bool operator==(Schedule const&, Schedule const&) = default;
};

using Audio = Personal<std::string, field::GreetingsAudio>;                // a WAV file, as the switch takes it
using When = Personal<std::optional<Schedule>, field::GreetingsSchedule>;  // nothing: always

struct Greeting {
    GreetingId id;
    Kind kind;
    std::chrono::milliseconds duration;
    When schedule;
    Timestamp recorded_at;
};

/// Whose greeting a switch asks for: a person of its organisation, or whoever has a number there now.
struct Called {
    std::optional<UserId> user;
    std::string number_hash;  // empty: `user` says it
};

}  // namespace samtal::greetings
