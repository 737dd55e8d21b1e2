#include "statistics/release_gate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace samtal::statistics {
namespace {

struct FixedNoise final : Sampler {
    std::int64_t next = 0;
    std::vector<double> asked;
    std::int64_t discrete_laplace(Ratio scale) override {
        asked.push_back(static_cast<double>(scale.numerator) / static_cast<double>(scale.denominator));
        return next;
    }
};

struct FakeTransaction final : ReleaseTransaction {
    std::int64_t left = 1'000'000'000;
    std::int64_t charged = 0;
    std::string frames;

    bool charge(MetricPolicy const& policy, Epoch) override {
        if (left < policy.micro_epsilon) return false;
        left -= policy.micro_epsilon;
        charged += policy.micro_epsilon;
        return true;
    }
    void put(Frame const& frame) override { frame.append_to(frames); }
    [[nodiscard]] std::vector<ReceivedFrame> received() const {
        return read_frames(frames).value_or(std::vector<ReceivedFrame>{});
    }
};

class ReleaseGateTest : public ::testing::Test {
protected:
    std::vector<ReceivedFrame> release(std::vector<std::int64_t> counts) {
        outcome = ReleaseGate{noise}.release(tx, policy, first_epoch(20'000), counts);
        return tx.received();
    }

    MetricPolicy policy{.metric = Metric::client_platform,
                        .name = "client_platform",
                        .micro_epsilon = 1'000'000,
                        .noise_scale = {2, 1},
                        .threshold = 39,
                        .labels = {"a", "b", "other"}};
    FixedNoise noise;
    FakeTransaction tx;
    Result<void> outcome;
};

TEST_F(ReleaseGateTest, PutsAsManyFramesWhateverTheCountsAre) {
    EXPECT_EQ(release({0, 0, 0}).size(), 3U);
    tx.frames.clear();
    EXPECT_EQ(release({5000, 1, 77}).size(), 3U);
    EXPECT_EQ(tx.frames.size(), 3 * Frame::size);
}

TEST_F(ReleaseGateTest, ComparesTheNoisyValueWithTheThreshold) {
    noise.next = -2;
    auto const frames = release({40, 41, 100});
    EXPECT_EQ(frames[0].value, Frame::suppressed);  // 40 reaches 39, 38 does not
    EXPECT_EQ(frames[1].value, 39);
    EXPECT_EQ(frames[2].value, 98);
}

TEST_F(ReleaseGateTest, DrawsFreshNoiseForEachBucketAtThePolicysScale) {
    release({0, 0, 0});
    EXPECT_EQ(noise.asked, (std::vector<double>{2, 2, 2}));
}

TEST_F(ReleaseGateTest, NamesMetricBucketAndEpoch) {
    auto const frames = release({100, 200, 300});
    for (std::uint16_t bucket = 0; bucket < 3; ++bucket) {
        EXPECT_EQ(frames[bucket].metric, 7);
        EXPECT_EQ(frames[bucket].bucket, bucket);
        EXPECT_EQ(frames[bucket].epoch, first_epoch(20'000));
    }
}

TEST_F(ReleaseGateTest, ChargesOnceForAllBucketsOfAMetric) {
    release({1, 2, 3});
    EXPECT_EQ(tx.charged, 1'000'000);
}

TEST_F(ReleaseGateTest, PutsNothingOnceTheBudgetIsSpent) {
    tx.left = 999'999;
    EXPECT_TRUE(release({100, 200, 300}).empty());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::conflict);
    EXPECT_EQ(outcome.error().problem.text(), "budget-spent");
}

}  // namespace
}  // namespace samtal::statistics
