#include "calls/live_calls.hpp"

#include <gtest/gtest.h>

namespace samtal::calls {
namespace {

using namespace std::chrono_literals;

class LiveCallsTest : public ::testing::Test {
protected:
    LiveCallsTest() {
        live.observe([this](UserId user, bool on) { told.emplace_back(user, on); });
    }

    UserId const anna{boost::uuids::uuid{{1}}};
    UserId const bo{boost::uuids::uuid{{2}}};
    Timestamp now{1000h};
    LiveCalls live{[this] { return now; }};
    std::vector<std::pair<UserId, bool>> told;
};

TEST_F(LiveCallsTest, FollowACallFromItsBeginningToItsEnd) {
    live.begin("a", {anna, bo});
    EXPECT_TRUE(live.on_a_call(anna));
    live.end("a");
    live.end("a");
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_EQ(told, (std::vector<std::pair<UserId, bool>>{{anna, true}, {bo, true}, {anna, false}, {bo, false}}));
}

TEST_F(LiveCallsTest, EndForAPersonWithTheirLastCall) {
    live.begin("a", {anna});
    live.begin("a", {anna});  // told twice
    live.begin("b", {anna});
    live.end("a");
    EXPECT_TRUE(live.on_a_call(anna));
    live.end("b");
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_EQ(told.size(), 2U);
}

TEST_F(LiveCallsTest, AreForgottenWhenNobodyTellsOfTheirEnd) {
    live.begin("a", {anna});
    now += 4h;
    EXPECT_FALSE(live.on_a_call(anna));
    live.begin("b", {bo});  // whatever comes next clears up
    EXPECT_EQ(told.at(1), (std::pair{anna, false}));
    live.end("a");
    EXPECT_TRUE(live.on_a_call(bo));
}

TEST_F(LiveCallsTest, KnowNobodyWithoutACall) {
    live.begin("a", {});
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_TRUE(told.empty());
}

}  // namespace
}  // namespace samtal::calls
