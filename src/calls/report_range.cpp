#include "report_range.hpp"

#include <unicode/basictz.h>

#include <memory>

namespace samtal::calls {

namespace {

using namespace std::chrono;

using Local = local_time<milliseconds>;  // what a clock on the wall shows

/// A time zone, both ways.
class WallClock {
public:
    static std::optional<WallClock> in(std::string const& name) {
        auto const id = icu::UnicodeString::fromUTF8(name);
        UErrorCode problem = U_ZERO_ERROR;
        icu::UnicodeString canonical;
        UBool known = 0;  // "GMT+3", too, makes a zone, but is in no table
        icu::TimeZone::getCanonicalID(id, canonical, known, problem);
        if (U_FAILURE(problem) || !known) return std::nullopt;
        std::unique_ptr<icu::TimeZone> zone{icu::TimeZone::createTimeZone(id)};
        auto* const rules = dynamic_cast<icu::BasicTimeZone*>(zone.get());
        if (rules == nullptr || *zone == icu::TimeZone::getUnknown()) return std::nullopt;
        (void)zone.release();
        return WallClock{std::unique_ptr<icu::BasicTimeZone const>{rules}};
    }

    [[nodiscard]] Local shows(Timestamp at) const {
        UErrorCode problem = U_ZERO_ERROR;
        std::int32_t raw = 0;
        std::int32_t summer = 0;
        rules_->getOffset(static_cast<UDate>(at.time_since_epoch().count()), 0, raw, summer, problem);
        return Local{at.time_since_epoch() + milliseconds{raw + summer}};
    }
    /// Of a time that is shown twice, the first; of one that is skipped, when it would have been without the
    /// change.
    [[nodiscard]] Timestamp first_shows(Local local) const {
        UErrorCode problem = U_ZERO_ERROR;
        std::int32_t raw = 0;
        std::int32_t summer = 0;
        rules_->getOffsetFromLocal(static_cast<UDate>(local.time_since_epoch().count()), UCAL_TZ_LOCAL_FORMER,
                                   UCAL_TZ_LOCAL_FORMER, raw, summer, problem);
        Timestamp const found{local.time_since_epoch() - milliseconds{raw + summer}};
        // Where the clock goes back at that very time, it shows an earlier one then, and this one later.
        Local const shown = shows(found);
        return shown < local ? found + (local - shown) : found;
    }

private:
    explicit WallClock(std::unique_ptr<icu::BasicTimeZone const> rules) : rules_{std::move(rules)} {}
    std::unique_ptr<icu::BasicTimeZone const> rules_;
};

local_days first_day(local_days day, Bucket bucket) {
    if (bucket == Bucket::week) return day - (weekday{day} - Monday);
    if (bucket == Bucket::month) {
        year_month_day const date{day};
        return local_days{date.year() / date.month() / 1};
    }
    return day;
}

local_days next_first_day(local_days day, Bucket bucket) {
    if (bucket == Bucket::week) return day + weeks{1};
    if (bucket == Bucket::month) {
        year_month_day const date{day};
        return local_days{(date.year() / date.month() + months{1}) / 1};
    }
    return day + days{1};
}

/// The full hour of the clock at or before that moment, by what the clock shows then.
Timestamp full_hour(WallClock const& clock, Timestamp at) {
    Local const shown = clock.shows(at);
    return at - (shown - floor<hours>(shown));
}

/// Where a clock changes by half an hour, the hour before it grows until the next full one.
Timestamp next_full_hour(WallClock const& clock, Timestamp start) {
    Timestamp const next = start + hours{1};
    Local const shown = clock.shows(next);
    return next + (ceil<hours>(shown) - shown);
}

/// Where the buckets begin; nothing when there are too many.
std::optional<std::vector<Timestamp>> starts_of(WallClock const& clock, Timestamp from, Timestamp to,
                                                Bucket bucket) {
    std::vector<Timestamp> starts;
    local_days day = first_day(floor<days>(clock.shows(from)), bucket);
    Timestamp start = bucket == Bucket::hour ? full_hour(clock, from) : clock.first_shows(day);
    while (start < to) {
        if (starts.size() == most_buckets) return std::nullopt;
        starts.push_back(start);
        day = next_first_day(day, bucket);
        start = bucket == Bucket::hour ? next_full_hour(clock, start) : clock.first_shows(day);
    }
    return starts;
}

Result<ReportRange> range_by(WallClock const& clock, AskFigures const& asked, Timestamp now) {
    auto const moment = [&clock](RangeEnd const& end) {
        return end.is_date ? clock.first_shows(Local{end.at.time_since_epoch()}) : end.at;
    };
    Timestamp const to = asked.to ? moment(*asked.to) : clock.first_shows(floor<days>(clock.shows(now)) + days{1});
    Timestamp const from = asked.from ? moment(*asked.from) : clock.first_shows(clock.shows(to) - days{30});
    if (from > to) return Error{Errc::invalid, "must not be after to", "from"};
    return ReportRange{from, to, {}};
}

constexpr Error no_zone{Errc::invalid, "must be an IANA time zone, e.g. Europe/Stockholm", "time_zone"};

}  // namespace

Result<ReportRange> report_range(AskFigures const& asked, std::string const& usual, Timestamp now) {
    auto const clock = WallClock::in(asked.time_zone.value_or(usual));
    if (!clock) return no_zone;
    auto range = range_by(*clock, asked, now);
    if (!range) return range;
    auto starts = starts_of(*clock, range->from, range->to, asked.bucket);
    if (!starts) return Error{Errc::invalid, "the range has more than 1000 buckets", "from"};
    range->starts = *std::move(starts);
    return range;
}

Result<ReportRange> whole_range(AskFigures const& asked, std::string const& usual, Timestamp now) {
    auto const clock = WallClock::in(asked.time_zone.value_or(usual));
    if (!clock) return no_zone;
    return range_by(*clock, asked, now);
}

}  // namespace samtal::calls
