#include "aggregate/figures_codec.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace samtal::aggregate {
namespace {

using namespace std::chrono;
using statistics::first_epoch;
using statistics::Frame;
using statistics::MetricPolicy;

std::uint32_t day(int y, int m, int d) {
    return static_cast<std::uint32_t>(sys_days{year{y} / m / d}.time_since_epoch().count());
}

Timestamp at(int y, int m, int d) {
    return sys_days{year{y} / m / d};
}

Figure figure(statistics::Epoch epoch, std::uint16_t bucket, std::int64_t value) {
    return {epoch, bucket, value, 1'000'000, {2, 1}};
}

MetricPolicy const platforms{.metric = statistics::Metric::client_platform,
                             .name = "client_platform",
                             .micro_epsilon = 1'000'000,
                             .labels = {"ios", "web", "other"}};

TEST(Figures, AreSumsOfWhatWasReleased) {
    auto const published =
        publish(platforms,
                {figure(first_epoch(day(2026, 11, 23)), 0, 50), figure(first_epoch(day(2026, 11, 23)), 1, 40),
                 figure(first_epoch(day(2026, 11, 24)), 0, 60),
                 figure(first_epoch(day(2026, 11, 24)), 1, Frame::suppressed)},
                Period::week);
    ASSERT_EQ(published.sums.size(), 2U);
    EXPECT_EQ(published.sums[0].start, at(2026, 11, 23));
    EXPECT_EQ(published.sums[0].label, "ios");
    EXPECT_EQ(published.sums[0].value, 110);
    EXPECT_DOUBLE_EQ(published.sums[0].noise_scale, 2 * std::sqrt(2.0));
    EXPECT_EQ(published.sums[1].value, 40);  // the day below the threshold adds nothing
    EXPECT_DOUBLE_EQ(published.sums[1].noise_scale, 2);
    EXPECT_DOUBLE_EQ(published.epsilon_spent, 2);
}

TEST(Figures, AreSuppressedWhenEveryPartIs) {
    auto const published = publish(platforms,
                                   {figure(first_epoch(day(2026, 11, 23)), 0, Frame::suppressed),
                                    figure(first_epoch(day(2026, 11, 24)), 0, Frame::suppressed)},
                                   Period::month);
    ASSERT_EQ(published.sums.size(), 1U);
    EXPECT_EQ(published.sums[0].start, at(2026, 11, 1));
    EXPECT_FALSE(published.sums[0].value);
    EXPECT_DOUBLE_EQ(published.sums[0].noise_scale, 2);
}

TEST(Figures, OfADayHoldAllItsReleases) {
    auto const epoch = first_epoch(day(2026, 11, 23));
    auto const published = publish(
        platforms, {figure(epoch, 1, 45), figure(epoch + 1, 1, 55), figure(epoch + 2, 1, -1)}, Period::day);
    ASSERT_EQ(published.sums.size(), 1U);
    EXPECT_EQ(published.sums[0].value, 100);
    EXPECT_DOUBLE_EQ(published.epsilon_spent, 3);
}

TEST(Figures, OfALabelThatIsGoneCountAsOther) {
    auto const epoch = first_epoch(day(2026, 11, 23));
    auto const published = publish(platforms, {figure(epoch, 2, 41), figure(epoch, 9, 42)}, Period::day);
    ASSERT_EQ(published.sums.size(), 1U);
    EXPECT_EQ(published.sums[0].label, "other");
    EXPECT_EQ(published.sums[0].value, 83);
}

TEST(Periods, BeginOnMondayAndOnTheFirst) {
    EXPECT_EQ(start_of(day(2026, 11, 29), Period::week), at(2026, 11, 23));
    EXPECT_EQ(start_of(day(2026, 11, 30), Period::week), at(2026, 11, 30));
    EXPECT_EQ(start_of(day(2028, 2, 29), Period::month), at(2028, 2, 1));
    EXPECT_EQ(start_of(day(2026, 11, 29), Period::day), at(2026, 11, 29));
}

TEST(Periods, AreCountedAsFarAsTheQuestionTouchesThem) {
    EXPECT_EQ(periods_in(0, 1000, Period::day), 1000);
    EXPECT_EQ(periods_in(5, 5, Period::day), 0);
    EXPECT_EQ(periods_in(day(2026, 11, 29), day(2026, 12, 1), Period::week), 2);  // a Sunday and a Monday
    EXPECT_EQ(periods_in(day(2026, 11, 23), day(2026, 11, 30), Period::week), 1);
    EXPECT_EQ(periods_in(day(2026, 1, 31), day(2027, 1, 1), Period::month), 12);
}

TEST(Question, TakesDatesAndTimes) {
    auto const dates = decode_question("metric=sign_ins&from=2026-11-01&to=2026-12-01&bucket=week");
    ASSERT_TRUE(dates);
    EXPECT_EQ(dates->metric, "sign_ins");
    EXPECT_EQ(dates->from_day, day(2026, 11, 1));
    EXPECT_EQ(dates->to_day, day(2026, 12, 1));
    EXPECT_EQ(dates->period, Period::week);
    auto const times = decode_question("metric=sign_ins&from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00%2B01:00");
    ASSERT_TRUE(times);
    EXPECT_EQ(times->from_day, day(2026, 11, 23));
    EXPECT_EQ(times->to_day, day(2026, 11, 24));
    EXPECT_EQ(times->period, Period::day);
}

TEST(Question, RefusesWhatItDoesNotUnderstand) {
    for (auto const* query :
         {"", "metric=sign_ins", "metric=sign_ins&from=2026-11-01", "from=2026-11-01&to=2026-12-01",
          "metric=sign_ins&from=x&to=2026-12-01", "metric=sign_ins&from=2026-02-30&to=2026-12-01",
          "metric=sign_ins&from=2026-12-01&to=2026-11-01",
          "metric=sign_ins&from=2026-11-01&to=2026-12-01&bucket=hour",
          "metric=sign_ins&metric=sign_ins&from=2026-11-01&to=2026-12-01",
          "metric=sign_ins&from=2026-11-01&to=2026-12-01&organisation=1"}) {
        auto const question = decode_question(query);
        ASSERT_FALSE(question) << query;
        EXPECT_EQ(question.error().code, Errc::invalid) << query;
    }
}

TEST(Answer, HasTheShapeOfTheContract) {
    Published const published{"sign_ins", {{at(2026, 11, 23), "all", 42, 2}, {at(2026, 11, 24), "all", {}, 2}}, 2};
    EXPECT_EQ(
        encode(published),
        R"({"buckets":[{"label":"all","noise_scale":2.0,"start":"2026-11-23T00:00:00.000Z","suppressed":false,"value":42},)"
        R"({"label":"all","noise_scale":2.0,"start":"2026-11-24T00:00:00.000Z","suppressed":true,"value":null}],)"
        R"("epsilon_spent":2.0,"metric":"sign_ins"})");
}

}  // namespace
}  // namespace samtal::aggregate
