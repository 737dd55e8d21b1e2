#include "identity/session_cache.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::identity {
namespace {

SessionRow row(int n) {
    auto const id = SessionId::parse(fmt::format("00000000-0000-4000-8000-{:012}", n)).value();
    return begin_session({OrganisationId::nil(), UserId::nil(), id}, TokenSalt{}, false, false, Timestamp{});
}

TEST(SessionCache, KnowsWhatWasPut) {
    SessionCache cache{100};
    SessionId const id = row(1).who.session;
    EXPECT_FALSE(cache.find(id));
    EXPECT_TRUE(cache.put(cache.ticket(id), row(1)));
    EXPECT_TRUE(cache.find(id));
    cache.forget(id);
    EXPECT_FALSE(cache.find(id));
}

TEST(SessionCache, TakesNoRowThatWasReadBeforeTheSessionEnded) {
    SessionCache cache{100};
    SessionId const id = row(1).who.session;
    auto const before = cache.ticket(id);  // a request reads the row …
    cache.forget(id);                      // … while a logout commits
    EXPECT_FALSE(cache.put(before, row(1)));
    EXPECT_FALSE(cache.find(id));
}

TEST(SessionCache, ForgetsAllOfAPerson) {
    SessionCache cache{100};
    SessionRow other = row(3);
    other.who.user = UserId{other.who.session.value()};
    auto const late = cache.ticket(row(2).who.session);
    for (SessionRow const& one : {row(1), other}) ASSERT_TRUE(cache.put(cache.ticket(one.who.session), one));
    cache.forget(row(1).who.user);
    EXPECT_FALSE(cache.find(row(1).who.session));
    EXPECT_TRUE(cache.find(other.who.session));
    EXPECT_FALSE(cache.put(late, row(2)));
}

TEST(SessionCache, IsBoundedAndKeepsWhatIsUsed) {
    SessionCache cache{320};
    SessionId const used = row(0).who.session;
    ASSERT_TRUE(cache.put(cache.ticket(used), row(0)));
    int known = 0;
    for (int n = 1; n <= 10'000; ++n) {
        SessionId const id = row(n).who.session;
        ASSERT_TRUE(cache.put(cache.ticket(id), row(n)));
        ASSERT_TRUE(cache.find(used)) << n;
    }
    for (int n = 0; n <= 10'000; ++n) known += cache.find(row(n).who.session) ? 1 : 0;
    EXPECT_LE(known, 400);
}

}  // namespace
}  // namespace samtal::identity
