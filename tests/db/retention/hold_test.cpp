#include "retention_fixture.hpp"

namespace samtal::retention {
namespace {

using namespace std::chrono_literals;

class LegalHoldTest : public RetentionDatabaseTest {
protected:
    Timestamp const old = at("2019-05-05T12:00:00Z");
    Timestamp const later = at("2020-06-01T00:00:00Z");

    bool is_held(Principal const& who) {
        return test
            .admin(fmt::format("SELECT is_held('{}', '{}')", who.organisation.text(), who.user.text()))[0][0]
            .as<bool>();
    }
};

TEST_F(LegalHoldTest, StopsDeletionAndItsReleaseFinishesWhatWaited) {
    auto const anna = person(), bo = person();
    consent(anna, "call_history");
    auto const place = conversation(anna);
    for (int n = 0; n < 5; ++n) {
        say(place, bo, old);
        say(place, anna, old);
    }
    call(anna, old);
    ASSERT_TRUE(hold(anna));
    EXPECT_TRUE(is_held(anna));
    EXPECT_FALSE(is_held(bo));
    EXPECT_EQ(due(later).at("messages"), 5);
    EXPECT_EQ(run(later).at("messages"), 5);
    EXPECT_EQ(state_of(place), "2/10: 2 4 6 8 10");
    EXPECT_EQ(rows("calls"), 1);
    ASSERT_TRUE(release(anna));
    EXPECT_FALSE(is_held(anna));
    run(later);
    EXPECT_EQ(state_of(place), "11/10: none");
    EXPECT_EQ(rows("calls"), 0);
}

TEST_F(LegalHoldTest, AnotherCaseStillHolds) {
    auto const anna = person();
    auto const place = conversation(anna);
    say(place, anna, old);
    ASSERT_TRUE(hold(anna, "T 1-26"));
    ASSERT_TRUE(hold(anna, "T 2-26"));
    ASSERT_TRUE(release(anna, "T 1-26"));
    run(later);
    EXPECT_EQ(rows("messages"), 1);
    ASSERT_TRUE(release(anna, "T 2-26"));
    run(later);
    EXPECT_EQ(rows("messages"), 0);
}

TEST_F(LegalHoldTest, StopsAWithdrawalsDeletionToo) {
    auto const anna = person();
    consent(anna, "call_history", "withdrawn");
    test.admin(
        fmt::format("UPDATE consent_state SET since = {} WHERE user_id = '{}'", sql(old), anna.user.text()));
    call(anna, system_now());
    ASSERT_TRUE(hold(anna));
    run(later);
    EXPECT_EQ(rows("calls"), 1);
    ASSERT_TRUE(release(anna));
    run(later);
    EXPECT_EQ(rows("calls"), 0);
}

TEST_F(LegalHoldTest, IsRefusedTwiceForOneCaseAndForStrangers) {
    auto const anna = person();
    ASSERT_TRUE(hold(anna));
    EXPECT_EQ(hold(anna).error().code, Errc::conflict);
    EXPECT_EQ(release(anna, "another case").error().code, Errc::not_found);
    EXPECT_EQ(hold({organisation, testing::fresh_id<UserId>(), testing::fresh_id<SessionId>()}).error().code,
              Errc::not_found);
    auto const permit = job();
    HoldOrder const elsewhere{anna.user, new_organisation(), CaseReference{"T 9-26"}};
    EXPECT_EQ(testing::run(holds.add(permit, elsewhere, system_now())).error().code, Errc::not_found);
    ASSERT_TRUE(release(anna));
    EXPECT_EQ(release(anna).error().code, Errc::not_found);
}

TEST_F(LegalHoldTest, IsRecordedSealedAndListed) {
    auto const anna = person();
    auto const made = hold(anna, "T 77-26").value();
    release(anna, "T 77-26").value();
    EXPECT_EQ(
        number(fmt::format(
            "SELECT count(*) FROM audit_leaves WHERE reference = '{}' AND act IN ('hold.added', 'hold.released') "
            "AND octet_length(subject) = 32",
            made.id)),
        2);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM legal_holds WHERE hold_id = '{}' AND position('T "
                                 "77-26'::bytea IN case_reference) = 0",
                                 made.id)),
              1);
    auto const permit = job();
    HoldList const hers{anna.user};
    auto const listed = testing::run(holds.list(permit, hers)).value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].case_reference.open(permit), "T 77-26");
    EXPECT_TRUE(listed[0].released_at.has_value());
    HoldList const standing{};
    for (auto const& one : testing::run(holds.list(permit, standing)).value()) EXPECT_NE(one.id, made.id);
}

}  // namespace
}  // namespace samtal::retention
