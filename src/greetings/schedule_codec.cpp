#include "schedule_codec.hpp"

#include "schedule_rules.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace samtal::greetings {

namespace {

using gateway::FieldReader;
using gateway::Input;
using nlohmann::json;
using namespace std::chrono;

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::size_t most_hours = 50;
constexpr std::size_t most_ranges = 100;

/// "08:30"; "24:00" is the end of a day.
std::optional<minutes> time_of_day(std::string_view text) {
    auto const digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return std::nullopt;
    auto const number = [&](std::size_t i) { return (text[i] - '0') * 10 + (text[i + 1] - '0'); };
    minutes const time = hours{number(0)} + minutes{number(3)};
    if (number(3) > 59 || time > hours{24}) return std::nullopt;
    return time;
}

std::string text_of(minutes time) {
    return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string text_of(sys_days day) {
    return rfc3339(Timestamp{day}).substr(0, 10);
}

Result<WeeklyHours> hours_of(FieldReader in) {
    WeeklyHours hours;
    for (std::string const& name : in.texts("days", day_names.size())) {
        auto const day = std::ranges::find(day_names, name);
        if (day == day_names.end())
            in.refuse("must be mon, tue, wed, thu, fri, sat or sun", "days");
        else
            hours.days.set(static_cast<std::size_t>(day - day_names.begin()));
    }
    if (hours.days.none()) in.refuse("must name a day", "days");
    auto const from = time_of_day(in.text("from"));
    auto const to = time_of_day(in.text("to"));
    if (!from || *from == std::chrono::hours{24}) in.refuse("must be a time of day, HH:MM", "from");
    if (!to) in.refuse("must be a time of day, HH:MM", "to");
    if (auto const problem = in.finish()) return *problem;
    hours.from = *from;
    hours.to = *to;
    return hours;
}

Result<DateRange> range_of(FieldReader in) {
    auto const from = parse_full_date(in.text("from"));
    auto const to = parse_full_date(in.text("to"));
    if (!from) in.refuse("must be a date", "from");
    if (!to) in.refuse("must be a date", "to");
    if (from && to && *from >= *to) in.refuse("must be later than from", "to");
    if (auto const problem = in.finish()) return *problem;
    return DateRange{floor<days>(*from), floor<days>(*to)};
}

/// The objects of an array that may be absent.
template <class T>
Result<std::vector<T>> listed(Input const& object, char const* key, Literal field, std::size_t most,
                              Result<T> (*read)(FieldReader)) {
    std::vector<T> all;
    auto const found = object->find(key);
    if (found == object->end()) return all;
    if (!found->is_array() || found->size() > most)
        return Error{Errc::invalid, "must be an array, not too long", field};
    for (json const& one : *found) {
        if (!one.is_object()) return Error{Errc::invalid, "must hold objects", field};
        auto value = read(FieldReader{Input{object, &one}});
        if (!value) return value.error();
        all.push_back(*std::move(value));
    }
    return all;
}

}  // namespace

Result<Schedule> decode_schedule(FieldReader in, Input const& object, std::string const& default_time_zone) {
    Schedule schedule{in.optional_text("time_zone").value_or(default_time_zone), {}, {}};
    if (!is_time_zone(schedule.time_zone)) in.refuse("must be an IANA time zone", "time_zone");
    in.pass("weekly");
    in.pass("dates");
    if (auto const problem = in.finish()) return *problem;
    auto weekly = listed<WeeklyHours>(object, "weekly", "weekly", most_hours, hours_of);
    if (!weekly) return weekly.error();
    auto dates = listed<DateRange>(object, "dates", "dates", most_ranges, range_of);
    if (!dates) return dates.error();
    if (weekly->empty() && dates->empty()) return Error{Errc::invalid, "must name hours or dates", "weekly"};
    schedule.weekly = *std::move(weekly);
    schedule.dates = *std::move(dates);
    return schedule;
}

Schedule decode_sealed_schedule(std::string_view text) {
    auto const input = gateway::parse_input(text);
    if (!input) throw std::logic_error{"a sealed schedule is no JSON"};
    auto schedule = decode_schedule(FieldReader{*input}, *input, "");
    if (!schedule) throw std::logic_error{"a sealed schedule is none"};
    return *std::move(schedule);
}

std::string encode_schedule(Schedule const& schedule) {
    json weekly = json::array();
    for (WeeklyHours const& hours : schedule.weekly) {
        json names = json::array();
        for (std::size_t day = 0; day < day_names.size(); ++day)
            if (hours.days.test(day)) names.push_back(day_names[day]);
        weekly.push_back({{"days", std::move(names)}, {"from", text_of(hours.from)}, {"to", text_of(hours.to)}});
    }
    json dates = json::array();
    for (DateRange const& range : schedule.dates)
        dates.push_back({{"from", text_of(range.from)}, {"to", text_of(range.to)}});
    return json{{"time_zone", schedule.time_zone}, {"weekly", std::move(weekly)}, {"dates", std::move(dates)}}
        .dump();
}

}  // namespace samtal::greetings
