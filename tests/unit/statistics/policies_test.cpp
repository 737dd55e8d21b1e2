#include "samtal/ops/config_section.hpp"
#include "samtal/statistics/release.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace samtal::statistics {
namespace {

std::string shipped_file() {
    return (std::filesystem::path{__FILE__}.parent_path() / "../../../config/statistics.toml").lexically_normal();
}

std::string shipped_text() {
    std::ifstream in{shipped_file()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string with(std::string const& from, std::string const& to) {
    std::string text = shipped_text();
    std::size_t const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string refusal(std::string const& toml) {
    try {
        static_cast<void>(Policies::parse(toml, "statistics.toml"));
    } catch (ops::ConfigError const& e) {
        return e.what();
    }
    return "accepted";
}

MetricPolicy policy(std::uint32_t buckets, std::uint32_t in_bucket) {
    return {.metric = Metric::app_version,
            .name = "app_version",
            .micro_epsilon = 1'000'000,
            .most_buckets = buckets,
            .most_in_bucket = in_bucket,
            .noise_scale = {std::uint64_t{buckets} * in_bucket, 1},
            .labels = {}};
}

/// P(noise >= k) for the discrete Laplace distribution, k above 0: an independent way to the same promise.
long double tail(std::int64_t k, long double scale) {
    return std::exp(-static_cast<long double>(k) / scale) / (1 + std::exp(-1 / scale));
}

TEST(Policies, HaveTheThresholdsOfTheDesign) {
    EXPECT_EQ(least_threshold(policy(1, 1), 8), 20);
    EXPECT_EQ(least_threshold(policy(4, 1), 8), 78);
}

TEST(Policies, ShowALonelyPersonWithProbabilityDeltaAtMost) {
    auto const policies = Policies::load(shipped_file());
    long double const delta = std::pow(10.0L, -static_cast<long double>(policies.delta_exponent()));
    for (MetricPolicy const& p : policies.all()) {
        long double const scale = static_cast<long double>(p.noise_scale.numerator) /
                                  static_cast<long double>(p.noise_scale.denominator);
        EXPECT_LE(p.most_buckets * tail(p.threshold - p.most_in_bucket, scale), delta) << p.name;
        std::int64_t const least = least_threshold(p, policies.delta_exponent());
        EXPECT_GT(p.most_buckets * tail(least - 1 - p.most_in_bucket, scale), delta)
            << p.name << ": not the least";
    }
}

TEST(Policies, FitALeapYearOfReleasesOfAllMetrics) {
    auto const policies = Policies::load(shipped_file());
    std::int64_t release = 0;
    for (MetricPolicy const& p : policies.all()) release += p.micro_epsilon;
    EXPECT_EQ(policies.all().size(), 8U);
    EXPECT_LE(366 * release, policies.yearly_micro_epsilon());
}

TEST(Policies, ScaleTheNoiseToWhatOnePersonCanChange) {
    auto const policies = Policies::load(shipped_file());
    for (MetricPolicy const& p : policies.all()) {
        // b = c L / epsilon, without a fraction lost
        EXPECT_EQ(p.noise_scale.numerator * p.micro_epsilon,
                  std::uint64_t{p.most_buckets} * p.most_in_bucket * 1'000'000 * p.noise_scale.denominator)
            << p.name;
    }
    auto const finer = Policies::parse(with("micro_epsilon = 1_000_000", "micro_epsilon = 2_500_000"), "t");
    EXPECT_EQ(finer.of(Metric::active_users).noise_scale.numerator, 2U);
    EXPECT_EQ(finer.of(Metric::active_users).noise_scale.denominator, 5U);
}

TEST(Policies, RefuseAThresholdBelowTheFormulaWithFileLineAndKey) {
    std::string const said = refusal(with("threshold = 20", "threshold = 19"));
    EXPECT_EQ(said.find("statistics.toml:"), 0U) << said;
    EXPECT_NE(said.find("active_users.threshold: must be 20 to"), std::string::npos) << said;
}

TEST(Policies, RefuseMistakes) {
    EXPECT_NE(refusal(with("most_in_bucket = 1", "most_in_buckets = 1")).find("unknown key"), std::string::npos);
    EXPECT_NE(refusal(with("[sign_ins]", "[signins]")).find("sign_ins.labels"), std::string::npos);
    EXPECT_NE(refusal(with("labels = [\"all\"]", "labels = []")).find("labels"), std::string::npos);
    EXPECT_NE(refusal(with("\"web\", \"other\"", "\"web\"")).find("other"), std::string::npos);
    EXPECT_NE(refusal(with("\"over_60\"", "\"longer\"")).find("class of talking time"), std::string::npos);
    EXPECT_NE(refusal(with("\"1.1\"", "\"1.0\"")).find("repeats one"), std::string::npos);
    EXPECT_NE(refusal(with("\"1.1\"", "\"ett mellanrum\"")).find("characters"), std::string::npos);
    EXPECT_NE(refusal(with("most_buckets = 1", "most_buckets = 2")).find("more than there are labels"),
              std::string::npos);
}

TEST(Policies, CountWhatIsNotListedAsOther) {
    auto const policies = Policies::load(shipped_file());
    auto const& platforms = policies.of(Metric::client_platform);
    EXPECT_EQ(platforms.labels.at(platforms.bucket_of("ios").value()), "ios");
    EXPECT_EQ(platforms.labels.at(platforms.bucket_of("amiga").value()), "other");
    EXPECT_EQ(policies.of(Metric::active_users).bucket_of(""), 0);
    auto const& minutes = policies.of(Metric::call_minutes);
    EXPECT_FALSE(minutes.bucket_of("no such class"));
    using std::chrono::seconds;
    for (auto const& [talked, label] : {std::pair{seconds{0}, "under_1"},
                                        {seconds{59}, "under_1"},
                                        {seconds{60}, "1_to_5"},
                                        {seconds{300}, "5_to_15"},
                                        {seconds{3599}, "15_to_60"},
                                        {seconds{3600}, "over_60"}}) {
        EXPECT_EQ(minutes_class(talked), label);
        EXPECT_EQ(minutes.labels.at(minutes.bucket_of(minutes_class(talked)).value()), label);
    }
}

TEST(Policies, AreFoundByNameAndNumber) {
    auto const policies = Policies::load(shipped_file());
    EXPECT_EQ(policies.find("app_version")->metric, Metric::app_version);
    EXPECT_EQ(policies.find("App_version"), nullptr);
    EXPECT_EQ(policies.find(std::uint16_t{8})->name, "app_version");
    EXPECT_EQ(policies.find(std::uint16_t{0}), nullptr);
    EXPECT_EQ(policies.find(std::uint16_t{9}), nullptr);
}

}  // namespace
}  // namespace samtal::statistics
