#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace samtal {

/// All times the system keeps: UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where rules get the time from; a function so that tests can set it.
using Clock = std::function<Timestamp()>;

[[nodiscard]] inline Timestamp system_now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// "2026-11-23T21:17:17.123Z" (RFC 3339).
[[nodiscard]] std::string rfc3339(Timestamp);

/// An RFC 3339 date-time with any offset; finer than a millisecond is cut off. Nothing for other text, for a
/// day that does not exist, and for years outside 1970 to 9999.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view) noexcept;

/// A full-date of RFC 3339: its midnight in UTC.
[[nodiscard]] std::optional<Timestamp> parse_full_date(std::string_view) noexcept;

}  // namespace samtal
