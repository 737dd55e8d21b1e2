#include "statistics/folding_recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

namespace samtal::statistics {
namespace {

using namespace std::chrono_literals;

UserId person(int n) {
    return UserId::parse(fmt::format("00000000-0000-7000-8000-{:012x}", n)).value();
}

class FoldingRecorderTest : public ::testing::Test {
protected:
    Policies const policies = Policies::load(
        (std::filesystem::path{__FILE__}.parent_path() / "../../../config/statistics.toml").lexically_normal());
    Timestamp now = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}} + 12h;
    FoldingRecorder recorder{policies, [this] { return now; }, 1600};

    void fold(int who, Metric metric, std::string_view label = {}) { recorder.fold(person(who), metric, label); }
};

TEST_F(FoldingRecorderTest, BoundsWhatOnePersonCanAdd) {
    for (int n = 0; n < 1000; ++n) fold(1, Metric::message_sent);
    auto const folded = recorder.take();
    ASSERT_EQ(folded.size(), 1U);
    EXPECT_EQ(folded[0].value, policies.of(Metric::message_sent).most_in_bucket);
    EXPECT_EQ(folded[0].person, person(1));
}

TEST_F(FoldingRecorderTest, KeepsPeopleMetricsAndBucketsApart) {
    fold(1, Metric::sign_ins);
    fold(2, Metric::sign_ins);
    fold(2, Metric::client_platform, "ios");
    fold(2, Metric::client_platform, "web");
    fold(2, Metric::client_platform, "amiga");
    fold(2, Metric::client_platform, "c64");
    EXPECT_EQ(recorder.take().size(), 5U);  // what is not listed is one bucket
}

TEST_F(FoldingRecorderTest, HandsOutEachEventOnce) {
    fold(1, Metric::sign_ins);
    EXPECT_EQ(recorder.take().size(), 1U);
    EXPECT_TRUE(recorder.take().empty());
}

TEST_F(FoldingRecorderTest, CountsOnTheDayOnWhichItHappened) {
    fold(1, Metric::sign_ins);
    now += 24h;
    fold(1, Metric::sign_ins);
    auto const folded = recorder.take();
    ASSERT_EQ(folded.size(), 2U);
    EXPECT_EQ(std::max(folded[0].day, folded[1].day) - std::min(folded[0].day, folded[1].day), 1U);
}

TEST_F(FoldingRecorderTest, LeavesOutWhatFindsNoRoomAndSaysSo) {
    for (int n = 0; n < 16 * 200; ++n) fold(n, Metric::sign_ins);
    EXPECT_EQ(recorder.take().size(), 1600U);
    EXPECT_EQ(recorder.left_out(), 1600U);
    fold(1, Metric::sign_ins);
    EXPECT_EQ(recorder.take().size(), 1U);
}

TEST_F(FoldingRecorderTest, LosesNothingBetweenThreads) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([this, t] {
            for (int n = 0; n < 300; ++n) fold(1 + n + 300 * t, Metric::active_users);
        });
    std::size_t taken = 0;
    for (int n = 0; n < 100; ++n) taken += recorder.take().size();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(taken + recorder.take().size() + recorder.left_out(), 1200U);
}

}  // namespace
}  // namespace samtal::statistics
