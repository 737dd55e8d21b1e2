#include "samtal/register/choice.hpp"

#include "periods.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace samtal::processing {

namespace {

/// How few days a period can be, short of looking at a calendar.
unsigned fewest_days(Period const& p) {
    constexpr unsigned shortest_month = 28;
    constexpr unsigned shortest_year = 365;
    unsigned const months = p.years * 12 + p.months;
    return months / 12 * shortest_year + months % 12 * shortest_month + p.days;
}

}  // namespace

bool may_choose(Register const& in_force, std::string_view purpose, std::string_view period) {
    auto const* const entry = in_force.purpose(purpose);
    auto const wanted = Period::parse(period);
    if (entry == nullptr || !wanted || wanted->is_zero()) return false;
    auto const most = Period::parse(entry->retention.duration).value_or(Period{});
    return !is_longer(*wanted, Limit{"", entry->retention.duration, fewest_days(most), ""});
}

Register with_choice(Register in_force, std::string_view purpose, std::string const& period) {
    auto const entry = std::ranges::find(in_force.purposes, purpose, &PurposeEntry::name);
    auto const chosen = Period::parse(period);
    if (entry == in_force.purposes.end() || !chosen || !may_choose(in_force, purpose, period)) return in_force;
    entry->retention.duration = period;
    entry->kept = {fmt::format("{}, som din organisation har valt.", chosen->in_words("sv")),
                   fmt::format("{}, as your organisation chose.", chosen->in_words("en"))};
    return in_force;
}

}  // namespace samtal::processing
