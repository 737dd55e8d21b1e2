#include "identity/session_rules.hpp"

#include <gtest/gtest.h>

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;

Timestamp const t0{std::chrono::milliseconds{1'795'000'000'000}};
Principal const anna{OrganisationId::nil(), UserId::nil(), SessionId::nil()};

SessionRow fresh(bool remembered = false, bool cookie = false) {
    return begin_session(anna, TokenSalt{}, remembered, cookie, t0);
}

TEST(Session, AccessLivesFifteenMinutes) {
    EXPECT_EQ(judge_access(fresh(), 0, t0 + 15min - 1ms), Access::valid);
    EXPECT_EQ(judge_access(fresh(), 0, t0 + 15min), Access::refused);
}

TEST(Session, APairHasOneSuccessorUntilThatIsUsed) {
    SessionRow row = fresh();
    EXPECT_EQ(judge_refresh(row, 0, t0 + 1min), Refresh::store);
    auto const expires = row.successor_expires_at;
    EXPECT_EQ(expires, t0 + 16min);
    EXPECT_EQ(judge_refresh(row, 0, t0 + 2min), Refresh::repeat);
    EXPECT_EQ(row.successor_expires_at, expires);
    EXPECT_EQ(judge_access(row, 0, t0 + 2min), Access::valid);
    EXPECT_EQ(judge_access(row, 1, t0 + 2min), Access::first_use);
}

TEST(Session, TheFirstUseKillsThePairBefore) {
    SessionRow row = fresh();
    ASSERT_EQ(judge_refresh(row, 0, t0 + 1min), Refresh::store);
    promote(row, t0 + 2min);
    EXPECT_EQ(judge_access(row, 0, t0 + 2min), Access::refused);
    EXPECT_EQ(judge_access(row, 1, t0 + 16min - 1ms), Access::valid);
    EXPECT_EQ(judge_access(row, 1, t0 + 16min), Access::refused);
    EXPECT_EQ(judge_refresh(row, 0, t0 + 2min), Refresh::end);
}

TEST(Session, RefreshingWithTheSuccessorIsAFirstUseToo) {
    SessionRow row = fresh();
    ASSERT_EQ(judge_refresh(row, 0, t0), Refresh::store);
    EXPECT_EQ(judge_refresh(row, 1, t0 + 1min), Refresh::store);
    EXPECT_EQ(row.generation, 1U);
    EXPECT_EQ(judge_access(row, 2, t0 + 1min), Access::first_use);
    EXPECT_EQ(judge_refresh(row, 0, t0 + 1min), Refresh::end);
}

TEST(Session, ASuccessorThatWasLostAndRanOutIsGivenAgain) {
    SessionRow row = fresh();
    ASSERT_EQ(judge_refresh(row, 0, t0), Refresh::store);
    EXPECT_EQ(judge_refresh(row, 0, t0 + 1h), Refresh::store);
    EXPECT_EQ(row.generation, 0U);
    EXPECT_EQ(row.successor_expires_at, t0 + 1h + 15min);
}

TEST(Session, APairThatWasNeverGivenIsRefused) {
    SessionRow row = fresh();
    EXPECT_EQ(judge_refresh(row, 1, t0), Refresh::refused);
    EXPECT_EQ(judge_refresh(row, 7, t0), Refresh::refused);
    EXPECT_EQ(judge_access(row, 1, t0), Access::behind);
}

TEST(Session, LastsADayWithoutUseAndThirtyWhenRemembered) {
    for (auto const& [remembered, life] :
         {std::pair{false, std::chrono::hours{24}}, {true, std::chrono::hours{30 * 24}}}) {
        SessionRow row = fresh(remembered);
        EXPECT_EQ(judge_refresh(row, 0, t0 + life), Refresh::refused);
        EXPECT_EQ(judge_refresh(row, 0, t0 + life - 1min), Refresh::store);
        promote(row, t0 + life - 1min);
        EXPECT_EQ(row.idle_expires_at, t0 + life - 1min + life);
    }
}

TEST(Session, NeverLastsLongerThanHalfAYear) {
    SessionRow row = fresh(true);
    for (Timestamp now = t0; now < t0 + 180 * 24h; now += 24h) {
        ASSERT_EQ(judge_refresh(row, row.generation, now), Refresh::store);
        promote(row, now);
        EXPECT_LE(row.idle_expires_at, t0 + 180 * 24h);
    }
    EXPECT_EQ(judge_refresh(row, row.generation, t0 + 180 * 24h), Refresh::refused);
    EXPECT_EQ(judge_access(row, row.generation, t0 + 180 * 24h), Access::refused);
}

TEST(Session, ACookieLivesAsLongAsItIsUsed) {
    SessionRow row = fresh(false, true);
    EXPECT_EQ(judge_access(row, 0, t0 + 24h - 1ms), Access::valid);
    EXPECT_FALSE(extend_cookie(row, t0 + 59min)) << "not each request writes";
    EXPECT_TRUE(extend_cookie(row, t0 + 2h));
    EXPECT_EQ(judge_access(row, 0, t0 + 26h - 1ms), Access::valid);
    EXPECT_EQ(judge_access(row, 0, t0 + 26h), Access::refused);
    SessionRow tokens = fresh();
    EXPECT_FALSE(extend_cookie(tokens, t0 + 10h));
}

}  // namespace
}  // namespace samtal::identity
