#include "periods.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

namespace samtal::processing {

std::optional<Period> Period::parse(std::string_view text) {
    if (text.size() < 2 || text.front() != 'P') return std::nullopt;
    text.remove_prefix(1);
    Period period;
    std::string_view units = "YMD";  // in this order, each at most once
    while (!text.empty()) {
        unsigned count = 0;
        auto const [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (failed != std::errc{} || stop == text.data() + text.size()) return std::nullopt;
        std::size_t const unit = units.find(*stop);
        if (unit == std::string_view::npos) return std::nullopt;
        (*stop == 'Y' ? period.years : *stop == 'M' ? period.months : period.days) = count;
        units.remove_prefix(unit + 1);
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    }
    return period;
}

std::string Period::in_words(std::string_view language) const {
    bool const swedish = language == "sv";
    struct Unit {
        unsigned count;
        char const *one, *many;
    };
    std::array<Unit, 3> const units{{{years, swedish ? "år" : "year", swedish ? "år" : "years"},
                                     {months, swedish ? "månad" : "month", swedish ? "månader" : "months"},
                                     {days, swedish ? "dag" : "day", swedish ? "dagar" : "days"}}};
    std::string words;
    for (Unit const& unit : units) {
        if (unit.count == 0) continue;
        if (!words.empty()) words += swedish ? " och " : " and ";
        words += fmt::format("{} {}", unit.count, unit.count == 1 ? unit.one : unit.many);
    }
    return words.empty() ? fmt::format("0 {}", units.back().many) : words;
}

bool is_longer(Period const& period, Limit const& limit) {
    Period const most = Period::parse(limit.period).value_or(Period{});
    unsigned const months = period.years * 12 + period.months;
    if (period.days == 0 && most.days == 0) return months > most.years * 12 + most.months;
    return months * 31 + period.days > limit.days;  // 31: the longest it can be
}

}  // namespace samtal::processing
