#include "net/liveness.hpp"

#include <gtest/gtest.h>

namespace samtal::net::testing {
namespace {

using Verdict = Liveness::Verdict;

class LivenessTest : public ::testing::Test {
protected:
    /// What is said of it in that many looks.
    int asked(int looks) {
        int count = 0;
        while (looks-- > 0) count += look() == Verdict::ask ? 1 : 0;
        return count;
    }
    Verdict look() { return liveness.look(traffic); }

    Liveness liveness;
    Traffic traffic{.reads = 1, .unread = 0, .taken = 100, .untaken = 0};
};

TEST_F(LivenessTest, AsksASilentClientOnceAndGivesItUpAfterAsManyLooks) {
    EXPECT_EQ(look(), Verdict::well);
    EXPECT_EQ(asked(Liveness::looks - 1), 1);
    EXPECT_EQ(look(), Verdict::gone);
}

TEST_F(LivenessTest, HearsAClientThatAnswers) {
    for (int round = 0; round < 20; ++round) {
        ++traffic.reads;
        EXPECT_EQ(look(), Verdict::well);
        EXPECT_EQ(look(), Verdict::ask);
    }
}

TEST_F(LivenessTest, HearsAClientWhoseAnswersNobodyReads) {
    for (int round = 0; round < 20; ++round) {
        traffic.unread += 6;
        EXPECT_EQ(look(), Verdict::well);
        EXPECT_EQ(look(), Verdict::ask);
    }
}

TEST_F(LivenessTest, SeesThatAClientTakesWhatStood) {
    traffic.untaken = 1'000'000;
    look();
    for (int round = 0; round < 20; ++round) {
        traffic.taken += 1'000;
        EXPECT_EQ(look(), Verdict::well);
    }
    traffic.untaken += 500;  // more is written, and nothing is taken
    EXPECT_EQ(asked(Liveness::looks - 1), 1);
    EXPECT_EQ(look(), Verdict::gone);
}

TEST_F(LivenessTest, TakesNoSignOfLifeFromASystemThatTakesPings) {
    look();
    for (int n = 1; n < Liveness::looks; ++n) {
        traffic.taken += 2;
        EXPECT_NE(look(), Verdict::gone);
    }
    EXPECT_EQ(look(), Verdict::gone);
}

}  // namespace
}  // namespace samtal::net::testing
