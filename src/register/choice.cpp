#include "samtal/register/choice.hpp"

#include "samtal/core/permit.hpp"

#include "periods.hpp"
#include "say_periods.hpp"

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

/// The period of the purpose, or of a step of it; null when there is none.
std::string* period_of(PurposeEntry& entry, std::string_view step) {
    if (step.empty()) return &entry.retention.duration;
    auto const found = std::ranges::find(entry.retention.steps, step, &Step::of);
    return found == entry.retention.steps.end() ? nullptr : &found->duration;
}

PurposeEntry* find(Register& in_force, std::string_view purpose) {
    auto const entry = std::ranges::find(in_force.purposes, purpose, &PurposeEntry::name);
    return entry == in_force.purposes.end() ? nullptr : &*entry;
}

void choose_chat(Register& in_force, std::string const& period) {
    auto* const entry = find(in_force, purpose::ChatMessaging::name);
    auto const chosen = Period::parse(period);
    if (entry == nullptr || !chosen || !may_choose(in_force, entry->name, period)) return;
    entry->retention.duration = period;
    entry->kept = {fmt::format("{}, som din organisation har valt.", chosen->in_words("sv")),
                   fmt::format("{}, as your organisation chose.", chosen->in_words("en"))};
}

void choose_calls(Register& in_force, ChosenPeriods const& chosen) {
    auto* const entry = find(in_force, purpose::CallHistory::name);
    if (entry == nullptr) return;
    bool chose = false;
    for (auto const& [step, period] :
         {std::pair<std::string_view, std::string const&>{"masked", chosen.calls_masked},
          {"token", chosen.calls_token},
          {"", chosen.calls},
          {"counters", chosen.call_counters}}) {
        auto* const own = period_of(*entry, step);
        if (own == nullptr || period.empty() || !may_choose(in_force, entry->name, period, step)) continue;
        *own = period;
        chose = true;
    }
    if (!chose) return;
    entry->kept = entry->kept_pattern;
    say_periods(*entry);
    entry->kept.sv += " Så har din organisation valt.";
    entry->kept.en += " So your organisation chose.";
}

}  // namespace

bool may_choose(Register const& in_force, std::string_view purpose, std::string_view period,
                std::string_view step) {
    auto const* const entry = in_force.purpose(purpose);
    auto const wanted = Period::parse(period);
    if (entry == nullptr || !wanted || wanted->is_zero()) return false;
    PurposeEntry copy = *entry;
    auto const* const own = period_of(copy, step);
    if (own == nullptr) return false;
    auto const most = Period::parse(*own).value_or(Period{});
    return !is_longer(*wanted, Limit{"", *own, fewest_days(most), ""});
}

Register with_choice(Register in_force, ChosenPeriods const& chosen) {
    if (!chosen.chat.empty()) choose_chat(in_force, chosen.chat);
    choose_calls(in_force, chosen);
    return in_force;
}

}  // namespace samtal::processing
