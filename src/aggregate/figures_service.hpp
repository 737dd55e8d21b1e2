#pragma once

#include "pg_figure_repository.hpp"
#include "samtal/core/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::aggregate {

enum class Period : unsigned char { day, week, month };

/// A question about days [from, to), counted since 1970-01-01.
struct Question {
    std::string metric;
    std::int64_t from_day;
    std::int64_t to_day;
    Period period;
};

/// The sum of a label's figures in one period.
struct Sum {
    Timestamp start;  // the period's first midnight, UTC; weeks begin on Monday
    std::string label;
    std::optional<std::int64_t> value;  // nothing when every part was below its threshold
    double noise_scale;                 // b of one Laplace with the variance of all the noise in the value
};

struct Published {
    std::string metric;
    std::vector<Sum> sums;
    double epsilon_spent;  // by this metric's releases in the time asked about
};

[[nodiscard]] Timestamp start_of(std::int64_t day, Period);
/// How many periods [from, to) touches.
[[nodiscard]] std::int64_t periods_in(std::int64_t from_day, std::int64_t to_day, Period);

/// Adds up what was released: post-processing, which needs no privacy budget.
[[nodiscard]] Published publish(statistics::MetricPolicy const&, std::vector<Figure> const&, Period);

class FiguresService {
public:
    static constexpr std::int64_t most_periods = 1000;

    FiguresService(PgFigureRepository& figures, statistics::Policies const& policies)
        : figures_{figures}, policies_{policies} {}

    /// `not_found` for an unknown metric, `invalid` for more than 1,000 periods.
    Task<Result<Published>> answer(Question);

private:
    PgFigureRepository& figures_;
    statistics::Policies const& policies_;
};

}  // namespace samtal::aggregate
