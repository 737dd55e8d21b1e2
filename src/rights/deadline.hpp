#pragma once

#include "samtal/core/time.hpp"

#include <chrono>

namespace samtal::rights {

/// GDPR Art. 12(3): a month, and two more for a reason.
inline constexpr std::chrono::months answer_within{1};
inline constexpr std::chrono::months extension{2};
inline constexpr std::chrono::days archive_life{30};
inline constexpr std::chrono::days unfinished_archive_life{1};
inline constexpr std::chrono::days receipt_life{30};

/// The same day and time of a later month, or that month's last day (Regulation 1182/71 Art. 3).
[[nodiscard]] inline Timestamp months_later(Timestamp at, std::chrono::months count) {
    using namespace std::chrono;
    auto const day = floor<days>(at);
    year_month_day date = year_month_day{day} + count;
    if (!date.ok()) date = date.year() / date.month() / last;
    return Timestamp{sys_days{date}} + (at - day);
}

}  // namespace samtal::rights
