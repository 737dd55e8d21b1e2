#include "calls/live_calls.hpp"

#include "keys.hpp"

#include <gtest/gtest.h>

namespace samtal::calls {
namespace {

using namespace std::chrono_literals;

class LiveCallsTest : public ::testing::Test {
protected:
    LiveCallsTest() {
        live.observe([this](OrganisationId organisation, UserId user, bool on) {
            EXPECT_EQ(organisation, office);
            told.emplace_back(user, on);
        });
    }
    void begin(std::string const& call, std::vector<UserId> const& people) { live.begin(call, office, people); }

    OrganisationId const office{boost::uuids::uuid{{9}}};
    UserId const anna{boost::uuids::uuid{{1}}};
    UserId const bo{boost::uuids::uuid{{2}}};
    Timestamp now{1000h};
    Keys keys;
    storage::KeyRing ring = keys.ring();
    LiveCalls live{[this] { return now; }, ring};
    LiveCalls elsewhere{[this] { return now; }, ring};
    std::vector<std::pair<UserId, bool>> told;
};

TEST_F(LiveCallsTest, FollowACallFromItsBeginningToItsEnd) {
    begin("a", {anna, bo});
    EXPECT_TRUE(live.on_a_call(anna));
    live.end("a");
    live.end("a");
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_EQ(told, (std::vector<std::pair<UserId, bool>>{{anna, true}, {bo, true}, {anna, false}, {bo, false}}));
}

TEST_F(LiveCallsTest, EndForAPersonWithTheirLastCall) {
    begin("a", {anna});
    begin("a", {anna});  // told twice
    begin("b", {anna});
    live.end("a");
    EXPECT_TRUE(live.on_a_call(anna));
    live.end("b");
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_EQ(told.size(), 2U);
}

TEST_F(LiveCallsTest, AreForgottenWhenNobodyTellsOfTheirEnd) {
    begin("a", {anna});
    now += 4h;
    EXPECT_FALSE(live.on_a_call(anna));
    live.sweep();
    EXPECT_EQ(told.at(1), (std::pair{anna, false}));
    begin("b", {bo});
    live.end("a");
    EXPECT_TRUE(live.on_a_call(bo));
}

TEST_F(LiveCallsTest, KnowNobodyWithoutACall) {
    begin("a", {});
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_TRUE(told.empty());
}

TEST_F(LiveCallsTest, DoNotBeginAfterTheirEnd) {
    live.end("a");
    begin("a", {anna});
    EXPECT_FALSE(live.on_a_call(anna));
    begin("b", {anna});
    live.finish("b");
    begin("b", {anna});
    EXPECT_FALSE(live.on_a_call(anna));
    now += 5min;  // a switch may use a name again some day
    begin("a", {anna});
    EXPECT_TRUE(live.on_a_call(anna));
}

TEST_F(LiveCallsTest, AreKnownToAllServersAndEndAtAnyOfThem) {
    live.use([this](LiveCall const& call) { elsewhere.heard(call); });
    elsewhere.use([this](LiveCall const& call) { live.heard(call); });
    begin("a", {anna});
    EXPECT_TRUE(elsewhere.on_a_call(anna));
    elsewhere.end("a");
    EXPECT_FALSE(live.on_a_call(anna));
    elsewhere.end("b");  // known there only as ended
    begin("b", {anna});
    EXPECT_FALSE(live.on_a_call(anna));
}

TEST_F(LiveCallsTest, AreToldAgainToAServerThatMissedThem) {
    begin("a", {anna});
    elsewhere.begin("b", office, {bo});
    live.begin("b", office, {bo});
    live.end("b");
    live.use([this](LiveCall const& call) { elsewhere.heard(call); });
    now += 1min;
    live.report();
    live.report();
    EXPECT_TRUE(elsewhere.on_a_call(anna));
    EXPECT_FALSE(elsewhere.on_a_call(bo));
    now += 3h + 59min;  // hearing of it later makes it no longer
    EXPECT_FALSE(elsewhere.on_a_call(anna));
}

TEST_F(LiveCallsTest, KeepNothingOfAPersonWhoIsForgotten) {
    std::vector<LiveCall> said;
    begin("a", {anna, bo});
    live.forget(anna);
    live.use([&said](LiveCall const& call) { said.push_back(call); });
    live.report();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].people, std::vector{bo});
    EXPECT_FALSE(live.on_a_call(anna));
    EXPECT_TRUE(live.on_a_call(bo));
    EXPECT_EQ(told.back(), (std::pair{anna, false}));
}

}  // namespace
}  // namespace samtal::calls
