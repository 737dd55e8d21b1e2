#include "say_periods.hpp"

#include "periods.hpp"

#include <fmt/format.h>

namespace samtal::processing {

namespace {

void put(std::string& text, std::string_view name, std::string const& value) {
    std::string const placeholder = fmt::format("{{{}}}", name);
    for (std::size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder))
        text.replace(at, placeholder.size(), value);
}

}  // namespace

void say_periods(PurposeEntry& p) {
    auto const say = [&p](std::string_view name, std::string const& duration) {
        auto const period = Period::parse(duration).value_or(Period{});
        put(p.kept.sv, name, period.in_words("sv"));
        put(p.kept.en, name, period.in_words("en"));
    };
    say("period", p.retention.duration);
    for (Step const& step : p.retention.steps) say(step.of, step.duration);
}

}  // namespace samtal::processing
