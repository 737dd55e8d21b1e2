#include "schedule_rules.hpp"

#include <unicode/timezone.h>

#include <algorithm>
#include <array>
#include <memory>

namespace samtal::greetings {

namespace {

using namespace std::chrono;

constexpr std::array names{std::string_view{"absent"}, std::string_view{"busy"}, std::string_view{"voicemail"}};

std::unique_ptr<icu::TimeZone> zone_named(std::string const& name) {
    return std::unique_ptr<icu::TimeZone>{icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name))};
}

/// What clocks in that place show.
sys_time<milliseconds> local_time(std::string const& zone, Timestamp at) {
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    UErrorCode failed = U_ZERO_ERROR;
    zone_named(zone)->getOffset(static_cast<UDate>(at.time_since_epoch().count()), false, standard, summer,
                                failed);
    return at + milliseconds{standard + summer};
}

bool covers(WeeklyHours const& hours, sys_days today, minutes now) {
    auto const on = [&](sys_days day) { return hours.days.test(weekday{day}.iso_encoding() - 1); };
    if (hours.from < hours.to) return on(today) && now >= hours.from && now < hours.to;
    return (on(today) && now >= hours.from) || (on(today - days{1}) && now < hours.to);
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<Kind> kind_named(std::string_view name) noexcept {
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Kind>(found - names.begin());
}

bool is_time_zone(std::string const& name) {
    return !name.empty() && name.size() <= 64 && *zone_named(name) != icu::TimeZone::getUnknown();
}

bool applies(std::optional<Schedule> const& schedule, Timestamp now) {
    if (!schedule) return true;
    auto const local = local_time(schedule->time_zone, now);
    auto const today = floor<days>(local);
    auto const time = floor<minutes>(local - today);
    return std::ranges::any_of(schedule->weekly, [&](WeeklyHours const& h) { return covers(h, today, time); }) ||
           std::ranges::any_of(schedule->dates,
                               [&](DateRange const& r) { return r.from <= today && today < r.to; });
}

std::optional<Kind> played(std::optional<Kind> reason, std::span<Kind const> applying) {
    auto const there = [&](Kind kind) { return std::ranges::find(applying, kind) != applying.end(); };
    if (there(Kind::absent)) return Kind::absent;
    Kind const wanted = reason.value_or(Kind::voicemail);
    return there(wanted) ? std::optional{wanted} : std::nullopt;
}

}  // namespace samtal::greetings
