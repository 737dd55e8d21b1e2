#include "statistics/exact_sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace samtal::statistics {
namespace {

constexpr int draws = 200'000;
constexpr double six_sigma = 6.2;  // of a normal distribution: missed once in 10^9 runs

/// What chi-square with that many degrees of freedom exceeds once in 10^9 runs at most (Laurent and Massart 2000).
double chi_square_bound(double degrees) {
    double const x = std::log(1e9);
    return degrees + 2 * std::sqrt(degrees * x) + 2 * x;
}

/// P(X = value) for the discrete Laplace distribution.
double probability(std::int64_t value, double scale) {
    double const ratio = std::exp(-1 / scale);
    return (1 - ratio) / (1 + ratio) * std::pow(ratio, static_cast<double>(std::abs(value)));
}

double chi_square(std::map<std::int64_t, int> const& counts, double scale, std::int64_t edge) {
    double sum = 0;
    double tail = 1;
    int beyond = draws;
    for (std::int64_t value = -edge; value <= edge; ++value) {
        double const p = probability(value, scale);
        int const seen = counts.contains(value) ? counts.at(value) : 0;
        sum += std::pow(seen - draws * p, 2) / (draws * p);
        tail -= p;
        beyond -= seen;
    }
    return sum + std::pow(beyond - draws * tail, 2) / (draws * tail);
}

class ExactSamplerScale : public ::testing::TestWithParam<Ratio> {};

TEST_P(ExactSamplerScale, DrawsTheDiscreteLaplaceDistribution) {
    Ratio const ratio = GetParam();
    double const scale = static_cast<double>(ratio.numerator) / static_cast<double>(ratio.denominator);
    ExactSampler sampler;
    std::map<std::int64_t, int> counts;
    for (int n = 0; n < draws; ++n) ++counts[sampler.discrete_laplace(ratio)];

    std::int64_t edge = 0;  // as far out as values are expected 50 times
    while (draws * probability(edge + 1, scale) > 50) ++edge;
    EXPECT_LT(chi_square(counts, scale, edge), chi_square_bound(static_cast<double>(2 * edge + 1)));
}

INSTANTIATE_TEST_SUITE_P(Scales, ExactSamplerScale,
                         ::testing::Values(Ratio{1, 1}, Ratio{2, 1}, Ratio{5, 1}, Ratio{3, 2}, Ratio{1, 2},
                                           Ratio{40, 1}));

TEST(ExactSampler, KnowsWhenAnotherDistributionIsDrawn) {
    // The test's own power: scale 2 is not taken for scale 2.1.
    ExactSampler sampler;
    std::map<std::int64_t, int> counts;
    for (int n = 0; n < draws; ++n) ++counts[sampler.discrete_laplace({2, 1})];
    EXPECT_GT(chi_square(counts, 2.1, 10), chi_square_bound(21));
}

TEST(ExactSampler, IsTrueWithTheProbabilityOfAnExponential) {
    ExactSampler sampler;
    for (Ratio const fraction : {Ratio{0, 1}, Ratio{1, 7}, Ratio{1, 2}, Ratio{1, 1}}) {
        int hits = 0;
        for (int n = 0; n < draws; ++n) hits += sampler.bernoulli_exp(fraction) ? 1 : 0;
        double const p =
            std::exp(-static_cast<double>(fraction.numerator) / static_cast<double>(fraction.denominator));
        EXPECT_NEAR(hits, draws * p, six_sigma * std::sqrt(draws * p * (1 - p)) + 1e-6);
    }
}

TEST(ExactSampler, DrawsBelowABoundEvenly) {
    ExactSampler sampler;
    std::vector<int> counts(7, 0);
    for (int n = 0; n < draws; ++n) ++counts.at(sampler.below(counts.size()));
    double const expected = draws / 7.0;
    double sum = 0;
    for (int const seen : counts) sum += std::pow(seen - expected, 2) / expected;
    EXPECT_LT(sum, chi_square_bound(6));
    EXPECT_EQ(sampler.below(1), 0U);
}

}  // namespace
}  // namespace samtal::statistics
