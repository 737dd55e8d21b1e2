#include "identity_fixture.hpp"

#include <set>

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;
using statistics::Metric;

class SessionsTest : public IdentityTest {
protected:
    TokenPair signed_in() { return login(user().second).value(); }
    static void expect_401(auto const& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, Errc::unauthenticated);
    }
};

TEST_F(SessionsTest, KnowThePersonAfterARestartToo) {
    TokenPair const pair = signed_in();
    EXPECT_EQ(person(pair.access)->user, pair.user);
    restart();
    EXPECT_EQ(person(pair.access)->session, pair.session);
    EXPECT_EQ(person(pair.access)->organisation, organisation);
}

TEST_F(SessionsTest, RefuseUnknownWrongAndShutAccountsAlike) {
    auto const [user, name] = this->user();
    auto const wrong = login(name, "fel men tillrackligt langt");
    auto const unknown = login(fresh_name());
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", user.text()));
    auto const shut = login(name);
    for (auto const* refused : {&wrong, &unknown, &shut}) {
        expect_401(*refused);
        EXPECT_EQ(refused->error().reason.text(), wrong.error().reason.text());
    }
}

TEST_F(SessionsTest, ThrottleGuessing) {
    auto const name = user().second;
    for (unsigned n = 0; n < options.failures_per_minute; ++n)
        expect_401(login(name, "fel men tillrackligt langt"));
    EXPECT_EQ(login(name).error().code, Errc::throttled);
    now += 1min;
    EXPECT_TRUE(login(name));
}

TEST_F(SessionsTest, GiveOneSuccessorPairUntilItIsUsed) {
    TokenPair const first = signed_in();
    auto const second = refresh(first.refresh);
    ASSERT_TRUE(second);
    for (int n = 0; n < 3; ++n) {
        now += 1s;
        auto const again = refresh(first.refresh);
        EXPECT_EQ(again->access.reveal(), second->access.reveal());
        EXPECT_EQ(again->refresh.reveal(), second->refresh.reveal());
        EXPECT_LT(again->expires_in, 900s);
    }
    EXPECT_TRUE(person(first.access)) << "until then the first pair works";
}

TEST_F(SessionsTest, EndWhenAnOldRefreshTokenComesAgain) {
    TokenPair const first = signed_in();
    auto const live = socket(first);
    auto const second = refresh(first.refresh);
    ASSERT_TRUE(person(second->access));
    expect_401(person(first.access));
    expect_401(refresh(first.refresh));
    expect_401(person(second->access));
    expect_401(refresh(second->refresh));
    EXPECT_EQ(live->closed, std::vector{net::CloseCode::session_ended});
}

TEST_F(SessionsTest, GiveParallelRefreshesTheSamePair) {
    TokenPair const first = signed_in();
    std::vector<Task<Result<TokenPair>>> tries;
    for (int n = 0; n < 32; ++n) tries.push_back(identity().refresh(doorstep_, first.refresh));
    std::set<std::string> answers;
    for (auto const& pair : run_all(std::move(tries))) answers.emplace(pair.value().refresh.reveal());
    EXPECT_EQ(answers.size(), 1U);
}

TEST_F(SessionsTest, NeverOutliveTheirTime) {
    TokenPair const pair = signed_in();
    ASSERT_TRUE(person(pair.access));
    now += 15min;
    expect_401(person(pair.access));
    EXPECT_TRUE(refresh(pair.refresh));
    now += 24h;
    expect_401(refresh(pair.refresh));
}

TEST_F(SessionsTest, OfABrowserLiveWhileTheyAreUsed) {
    auto const pair = login(user().second, good_password, true).value();
    for (int n = 0; n < 10; ++n) {
        now += 20h;
        EXPECT_TRUE(person(pair.access));
    }
    now += 24h;
    expect_401(person(pair.access));
}

TEST_F(SessionsTest, EndBeforeTheAnswerEvenInMemory) {
    TokenPair const pair = signed_in();
    auto const live = socket(pair);
    ASSERT_TRUE(person(pair.access));
    auto const who = principal(pair);
    ASSERT_TRUE(testing::run(identity().end_session(acting(who), who, pair.session)));
    expect_401(person(pair.access));
    expect_401(refresh(pair.refresh));
    EXPECT_EQ(live->closed.size(), 1U);
}

TEST_F(SessionsTest, OfOthersCannotBeEndedOrSeen) {
    TokenPair const mine = signed_in();
    TokenPair const theirs = signed_in();
    auto const who = principal(mine);
    auto const refused = testing::run(identity().end_session(acting(who), who, theirs.session));
    EXPECT_EQ(refused.error().code, Errc::not_found);
    EXPECT_TRUE(person(theirs.access));
    auto const page = testing::run(identity().sessions(acting(who), {.who = who, .after = std::nullopt}));
    ASSERT_EQ(page->items.size(), 1U);
    EXPECT_TRUE(page->items[0].current);
}

TEST_F(SessionsTest, AreListedPageByPageNewestFirst) {
    auto const name = user().second;
    std::vector<SessionId> made;
    for (int n = 0; n < 5; ++n) {
        made.push_back(login(name)->session);
        now += n % 2 == 0 ? 1s : 0s;  // some at the same moment
    }
    auto const who = principal(login(name).value());
    SessionQuery query{.who = who, .after = std::nullopt, .limit = 2};
    std::set<SessionId> seen;
    Timestamp before = Timestamp::max();
    for (int pages = 0; pages < 3; ++pages) {
        auto const page = testing::run(identity().sessions(acting(who), query)).value();
        ASSERT_EQ(page.items.size(), 2U);
        for (auto const& item : page.items) {
            EXPECT_LE(item.created_at.open(doorstep_), before);
            before = item.created_at.open(doorstep_);
            seen.insert(item.session);
        }
        EXPECT_EQ(page.next.has_value(), pages < 2);
        query.after = page.next;
    }
    EXPECT_EQ(seen.size(), 6U);
}

TEST_F(SessionsTest, OpenStepUpForFiveMinutesWithThePassword) {
    TokenPair const pair = signed_in();
    auto const who = principal(pair);
    EXPECT_EQ(testing::run(identity().require_step_up(who)).error().problem.text(), "step-up-required");
    Reauthentication const wrong{who, Secret{"fel men tillrackligt langt"}, "a"};
    expect_401(testing::run(identity().reauthenticate(acting(who), wrong)));
    EXPECT_FALSE(testing::run(identity().require_step_up(who)));
    Reauthentication const right{who, Secret{std::string{good_password}}, "a"};
    ASSERT_TRUE(testing::run(identity().reauthenticate(acting(who), right)));
    EXPECT_TRUE(testing::run(identity().require_step_up(who)));
    now += 5min;
    EXPECT_FALSE(testing::run(identity().require_step_up(who)));
}

TEST_F(SessionsTest, OfAShutAccountAreRefusedAtOnce) {
    TokenPair const pair = signed_in();
    auto const live = socket(pair);
    ASSERT_TRUE(person(pair.access));
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", pair.user.text()));
    testing::run(room->forget(pair.user));
    expect_401(person(pair.access));
    expect_401(refresh(pair.refresh));
    EXPECT_EQ(live->closed.size(), 1U);
}

TEST_F(SessionsTest, AreSweptWhenTheirTimeIsUp) {
    TokenPair const old = signed_in();
    auto const live = socket(old);
    now += 24h + 1s;
    TokenPair const young = signed_in();
    ASSERT_TRUE(testing::run(room->sweep()));
    EXPECT_EQ(live->closed.size(), 1U);
    EXPECT_TRUE(person(young.access));
    auto const left = test.admin(fmt::format("SELECT 1 FROM sessions WHERE session_id IN ('{}', '{}')",
                                             old.session.text(), young.session.text()));
    EXPECT_EQ(left.size(), 1U);
}

TEST_F(SessionsTest, AreCounted) {
    signed_in();
    std::set<Metric> metrics;
    for (auto const& [metric, label] : recorder.events) metrics.insert(metric);
    EXPECT_EQ(metrics, (std::set{Metric::active_users, Metric::sign_ins, Metric::client_platform}));
}

}  // namespace
}  // namespace samtal::identity
