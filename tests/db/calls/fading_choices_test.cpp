#include "fading_fixture.hpp"

namespace samtal::calls {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST_F(CallFadingTest, I1_ALegalHoldKeepsCallsAsTheyAre) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    store(pending("1", call(anna_number, bo_number)));
    hold(anna);
    for (int day : {40, 70, 100}) run(ended + days{day});
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 +46701740606"});
    EXPECT_EQ(counted(bo), 1);
    test.admin(fmt::format("UPDATE legal_holds SET released_at = now() WHERE user_id = '{}'", anna.user.text()));
    run(ended + days{100});
    EXPECT_EQ(counted(anna), 1);
}

TEST_F(CallFadingTest, I1_AnOrganisationMayLetItsCallsFadeSoonerAndNeverLater) {
    auto const anna = owner(anna_number);
    auto const other = new_organisation();
    auto const olle = person_in(other);
    give(olle, "+46701740700", "2020-01-01");
    consent(olle, "call_history");
    store(pending("1", call(anna_number, bo_number)));
    store_by(other, new_switch(other), {pending("1", call("+46701740700", bo_number))});
    choose("calls_masked_after = '3 days', calls_token_after = '10 years', calls_kept = '1 month'");
    run(ended + days{3});
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 +4670174****"});
    EXPECT_EQ(history_of(olle), Lines{"outgoing +46701740700 +46701740606"});
    run(at("2026-04-04T12:01:09Z"));
    EXPECT_EQ(rows(anna, "stage = 'masked'"), 1);
    run(at("2026-04-04T12:01:10Z"));
    EXPECT_EQ(rows(anna), 0) << "a month, and not thirty days";
    EXPECT_EQ(counted(anna), 1);
    EXPECT_EQ(rows(olle, "stage = 'masked'"), 1);
    choose("call_counters_kept = '2 months'");
    run(at("2026-05-04T11:59:59Z"));
    EXPECT_EQ(counted(anna), 1);
    run(at("2026-05-04T12:00:00Z"));
    EXPECT_EQ(counted(anna), 0);
}

TEST_F(CallFadingTest, H1_CountersGoWithTheConsentAsCallsDo) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    store(pending("1", call(anna_number, bo_number)), pending("2", call(anna_number, bo_number)));
    run(ended + days{95});
    ASSERT_EQ(counted(anna), 2);
    auto const counters =
        fmt::format("SELECT count(*) FROM call_counters WHERE owner_id = '{}'", anna.user.text());
    consent(anna, "call_history", "withdrawn");
    EXPECT_GE(run(system_now() + 1h).at("call_counters_withdrawn"), 1);
    EXPECT_EQ(number(counters), 0);
    EXPECT_EQ(counted(bo), 2);
}

TEST_F(CallFadingTest, H1_CallsOfAConsentThatEndedAreNotCounted) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number)));
    consent(anna, "call_history", "withdrawn");
    auto const said = due(ended + days{95});
    EXPECT_EQ(run(ended + days{95}).at("calls"), said.at("calls"));
    EXPECT_EQ(counted(anna), 0);
}

}  // namespace
}  // namespace samtal::calls
