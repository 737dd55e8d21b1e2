#pragma once

#include "call_history.hpp"

namespace samtal::calls {

inline constexpr std::size_t most_buckets = 1000;

/// Dates, days, weeks (from Monday) and months of a clock on the wall in that time zone: a day has 23 or 25 hours
/// where the clock changes, and an hour that the clock shows twice is two. `usual` is the zone of who names none.
/// `invalid`, with the parameter, for an unknown zone, a range upside down, and more than `most_buckets`.
[[nodiscard]] Result<ReportRange> report_range(AskFigures const&, std::string const& usual, Timestamp now);

/// The same without buckets, of any length.
[[nodiscard]] Result<ReportRange> whole_range(AskFigures const&, std::string const& usual, Timestamp now);

}  // namespace samtal::calls
