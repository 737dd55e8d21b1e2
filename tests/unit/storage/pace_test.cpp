#include "samtal/storage/pace.hpp"

#include "support/run.hpp"

#include <gtest/gtest.h>

namespace samtal::storage {
namespace {

using namespace std::chrono_literals;

TEST(Pace, RestsInProportionToTheWork) {
    Pace pace{{.batch_time = 4ms, .share = 0.25}};
    EXPECT_EQ(pace.after(4ms), 12ms);
    EXPECT_EQ(pace.after(40ms), 120ms) << "also when somebody else kept it waiting";
    Pace all_of_it{{.batch_time = 4ms, .share = 1}};
    EXPECT_EQ(all_of_it.after(40ms), 0ms);
}

TEST(Pace, SizesBatchesByTheTimeTheyTake) {
    Pace pace{{.batch_time = 4ms, .share = 1, .least = 10, .most = 1000}};
    // Ten microseconds a row, and half a millisecond for a batch.
    for (int n = 0; n < 20; ++n) (void)pace.after(500us + pace.rows() * 10us);
    EXPECT_NEAR(pace.rows(), 350, 20);
    for (int n = 0; n < 20; ++n) (void)pace.after(500us + pace.rows() * 100us);
    EXPECT_NEAR(pace.rows(), 35, 5) << "where rows got dear";
}

TEST(Pace, KeepsWithinItsBounds) {
    Pace pace{{.batch_time = 4ms, .share = 1, .least = 10, .most = 100}};
    EXPECT_EQ(pace.rows(), 10) << "carefully at first";
    for (int n = 0; n < 20; ++n) (void)pace.after(0ns);
    EXPECT_EQ(pace.rows(), 100);
    (void)pace.after(1h);
    EXPECT_EQ(pace.rows(), 10);
    EXPECT_EQ((Pace{{.least = 100, .most = 3}}.rows()), 3);
}

}  // namespace
}  // namespace samtal::storage
