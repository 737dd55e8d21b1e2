#include "figures_service.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace samtal::aggregate {

namespace {

using namespace std::chrono;
using statistics::Frame;
using statistics::MetricPolicy;

/// Consecutive numbers for consecutive periods.
std::int64_t ordinal(std::int64_t day, Period period) {
    if (period == Period::day) return day;
    if (period == Period::week) return (day + 3) / 7;  // 1970-01-01 was a Thursday
    year_month_day const date{sys_days{days{day}}};
    return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month());
}

/// What is known of one label in one period.
struct Cell {
    bool present = false;
    std::optional<std::int64_t> value;
    double published_variance = 0;  // in units of b squared
    double greatest_scale = 0;

    void add(Figure const& figure) {
        double const b = static_cast<double>(figure.noise_scale.numerator) /
                         static_cast<double>(figure.noise_scale.denominator);
        present = true;
        greatest_scale = std::max(greatest_scale, b);
        if (figure.value == Frame::suppressed) return;
        value = value.value_or(0) + figure.value;
        published_variance += b * b;
    }
    [[nodiscard]] double noise_scale() const { return value ? std::sqrt(published_variance) : greatest_scale; }
};

double epsilon_of(std::vector<Figure> const& figures) {
    std::int64_t micro_epsilon = 0;
    for (std::size_t n = 0; n < figures.size(); ++n)  // one release has many figures
        if (n == 0 || figures[n].epoch != figures[n - 1].epoch) micro_epsilon += figures[n].micro_epsilon;
    return static_cast<double>(micro_epsilon) / 1'000'000;
}

}  // namespace

Timestamp start_of(std::int64_t day, Period period) {
    sys_days const date{days{day}};
    if (period == Period::week) return date - (weekday{date} - Monday);
    year_month_day const calendar{date};
    if (period == Period::month) return sys_days{calendar.year() / calendar.month() / 1};
    return date;
}

std::int64_t periods_in(std::int64_t from_day, std::int64_t to_day, Period period) {
    return from_day >= to_day ? 0 : ordinal(to_day - 1, period) - ordinal(from_day, period) + 1;
}

Published publish(MetricPolicy const& policy, std::vector<Figure> const& figures, Period period) {
    std::map<Timestamp, std::vector<Cell>> periods;
    for (Figure const& figure : figures) {
        auto const bucket = figure.bucket < policy.labels.size() ? figure.bucket : policy.bucket_of("other");
        if (!bucket) continue;  // a label that was taken from the file, and there is no "other"
        auto& cells = periods[start_of(statistics::day_of(figure.epoch), period)];
        cells.resize(policy.labels.size());
        cells[*bucket].add(figure);
    }
    Published published{std::string{policy.name}, {}, epsilon_of(figures)};
    for (auto const& [start, cells] : periods)
        for (std::size_t n = 0; n < cells.size(); ++n)
            if (cells[n].present)
                published.sums.push_back({start, policy.labels[n], cells[n].value, cells[n].noise_scale()});
    return published;
}

Task<Result<Published>> FiguresService::answer(Question question) {
    MetricPolicy const* const policy = policies_.find(question.metric);
    if (policy == nullptr) co_return Error{Errc::not_found, "no such metric"};
    if (periods_in(question.from_day, question.to_day, question.period) > most_periods)
        co_return Error{Errc::invalid, "more than 1,000 buckets", "to"};
    auto const figures = co_await figures_.figures(policy->metric, question.from_day, question.to_day);
    if (!figures) co_return figures.error();
    co_return publish(*policy, *figures, question.period);
}

}  // namespace samtal::aggregate
