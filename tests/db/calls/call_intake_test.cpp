#include "calls_test_base.hpp"

#include <boost/asio/detached.hpp>

#include <algorithm>

namespace samtal::calls {
namespace {

using CallIntakeTest = CallsDatabaseTest;

TEST_F(CallIntakeTest, WritesARowForEachOfThePeopleInTheCall) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    auto const stored = store(pending("1", call(anna_number, bo_number)));
    EXPECT_EQ(stored[0]->standing, Standing::fresh);
    EXPECT_EQ(stored[0]->owners.size(), 2U);
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 +46701740606"});
    EXPECT_EQ(history_of(bo), Lines{"incoming +46701740606 +46701740605"});
}

TEST_F(CallIntakeTest, WritesNothingForPeopleWhoDoNotConsentOrCannotBeServed) {
    owner(anna_number, false);
    auto const restricted = owner(bo_number);
    auto const suspended = owner("+46701740607");
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", restricted.user.text()));
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", suspended.user.text()));
    auto const stored = store(pending("1", call(anna_number, bo_number)), pending("2", call("+46701740607", {})));
    for (auto const& one : stored) {
        EXPECT_EQ(one->standing, Standing::fresh);
        EXPECT_TRUE(one->owners.empty());
    }
    auto const rows =
        test.admin(fmt::format("SELECT FROM calls WHERE organisation_id = '{}'", organisation.text()));
    EXPECT_TRUE(rows.empty());
}

TEST_F(CallIntakeTest, MatchesANumberFromItsAssignmentOnAndInItsOrganisationOnly) {
    auto const anna = owner(anna_number, true, "2026-03-04T00:00:00Z");
    auto const elsewhere = person_in(new_organisation());
    give(elsewhere, anna_number, "2020-01-01");
    consent(elsewhere, "call_history");
    store(pending("1", call(anna_number, {}, "2026-03-03T23:59:59Z")),
          pending("2", call(anna_number, {}, "2026-03-04T00:00:00Z")));
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 withheld"});
    EXPECT_EQ(history_of(elsewhere), Lines{});
}

TEST_F(CallIntakeTest, TellsRepeatsFromCorrectionsAcrossBatches) {
    auto const anna = owner(anna_number);
    auto const first = pending("1", call(anna_number, bo_number));
    store(first);
    EXPECT_EQ(store(first)[0]->standing, Standing::same);
    auto const corrected = pending("1", call(anna_number, bo_number, "2026-03-04T12:00:00Z", Outcome::failed));
    EXPECT_EQ(store(corrected)[0]->standing, Standing::changed);
    EXPECT_EQ(store(corrected)[0]->standing, Standing::same);
    EXPECT_EQ(history_of(anna).size(), 1U);
    auto const row =
        test.admin(fmt::format("SELECT outcome, answered_at FROM calls WHERE owner_id = '{}'", anna.user.text()));
    EXPECT_EQ(row[0][0].as<std::string>(), "failed");
    EXPECT_TRUE(row[0][1].is_null());
}

TEST_F(CallIntakeTest, TellsRepeatsAmongFreshCalls) {
    auto const anna = owner(anna_number);
    auto const one = [&](int n) { return pending(std::to_string(n), call(anna_number, bo_number)); };
    auto const standings = [](std::vector<Result<StoredCall>> const& results) {
        std::vector<Standing> of;
        for (auto const& result : results) of.push_back(result.value().standing);
        return of;
    };
    using Standings = std::vector<Standing>;
    EXPECT_EQ(standings(store(one(1), one(2))), Standings(2, Standing::fresh));
    EXPECT_EQ(standings(store(one(3), one(1))), (Standings{Standing::fresh, Standing::same}));
    EXPECT_EQ(standings(store(one(4))), Standings{Standing::fresh});
    EXPECT_EQ(standings(store(one(4), one(5), one(2))),
              (Standings{Standing::same, Standing::fresh, Standing::same}));
    EXPECT_EQ(history_of(anna).size(), 5U);
}

TEST_F(CallIntakeTest, KeepsTheCallIdOfACorrectedCall) {
    auto const anna = owner(anna_number);
    auto const id = fmt::format("SELECT call_id FROM calls WHERE owner_id = '{}'", anna.user.text());
    store(pending("1", call(anna_number, bo_number)));
    auto const before = test.admin(id)[0][0].as<std::string>();
    store(pending("1", call(anna_number, "+46701740609")));
    EXPECT_EQ(test.admin(id)[0][0].as<std::string>(), before);
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 +46701740609"});
}

TEST_F(CallIntakeTest, TakesACorrectedCallOutOfTheWrongPersonsHistory) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    auto const cecilia = owner("+46701740607");
    store(pending("1", call(anna_number, bo_number)), pending("2", call(anna_number, bo_number)));
    auto const corrected = store(pending("1", call(anna_number, "+46701740607")));
    EXPECT_TRUE(corrected[0]->owners.empty());  // counted when it was fresh
    EXPECT_EQ(history_of(bo).size(), 1U);
    EXPECT_EQ(history_of(cecilia), Lines{"incoming +46701740607 +46701740605"});
    EXPECT_EQ(history_of(anna).size(), 2U);
}

TEST_F(CallIntakeTest, HalvesABatchWhoseCorrectionsWouldCostTooMuch) {
    PgCallIntake narrow{db, *test.keys, test.ring, numbers, 1};
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    std::vector<PendingCall> calls, corrected;
    for (int n = 0; n < 5; ++n) {
        calls.push_back(pending(std::to_string(n), call(anna_number, bo_number)));
        corrected.push_back(pending(std::to_string(n), call(anna_number, {})));
    }
    auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
    testing::run(narrow.store(permit, switch_id, calls));
    for (auto const& one : testing::run(narrow.store(permit, switch_id, corrected)))
        EXPECT_EQ(one->standing, Standing::changed);
    EXPECT_TRUE(history_of(bo).empty());
    EXPECT_EQ(history_of(anna), Lines(5, "outgoing +46701740605 withheld"));
}

TEST_F(CallIntakeTest, GivesACallToOneselfOneRow) {
    auto const anna = owner(anna_number);
    give(anna, "+46701740608", "2020-01-01");
    store(pending("1", call(anna_number, anna_number)), pending("2", call("+46701740608", anna_number)));
    EXPECT_EQ(history_of(anna).size(), 2U);
    for (auto const& line : history_of(anna)) EXPECT_TRUE(line.starts_with("outgoing")) << line;
}

TEST_F(CallIntakeTest, KeepsTheCallsOfTwoSwitchesApart) {
    auto const anna = owner(anna_number);
    auto const one = pending("1", call(anna_number, bo_number));
    EXPECT_EQ(store(one)[0]->standing, Standing::fresh);
    EXPECT_EQ(store_by(organisation, new_switch(organisation), {one})[0]->standing, Standing::fresh);
    EXPECT_EQ(history_of(anna).size(), 2U);
}

TEST_F(CallIntakeTest, LetsABadRecordHarmNoOther) {
    auto const anna = owner(anna_number);
    auto upside_down = call(anna_number, bo_number);
    upside_down.times = SomeTimes{{at("2026-03-04T12:00:00Z"), {}, at("2026-03-04T11:00:00Z")}};
    std::vector<PendingCall> calls;
    for (int n = 0; n < 7; ++n)
        calls.push_back(pending(std::to_string(n), n == 4 ? upside_down : call(anna_number, bo_number)));
    auto const stored = store_by(organisation, switch_id, calls);
    for (std::size_t n = 0; n < stored.size(); ++n) EXPECT_EQ(stored[n].has_value(), n != 4) << n;
    EXPECT_EQ(history_of(anna).size(), 6U);
}

TEST_F(CallIntakeTest, AcceptsACallOnceHoweverManyBringItAtOnce) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    std::vector<PendingCall> calls, backwards;
    for (int n = 0; n < 20; ++n) calls.push_back(pending(std::to_string(n), call(anna_number, bo_number)));
    backwards.assign(calls.rbegin(), calls.rend());
    auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
    boost::asio::io_context loop;
    std::size_t fresh = 0;
    auto const count = [&](std::exception_ptr failure, std::vector<Result<StoredCall>> const& results) {
        EXPECT_FALSE(failure);
        for (auto const& result : results) fresh += result && result->standing == Standing::fresh ? 1U : 0U;
    };
    for (int n = 0; n < 10; ++n)
        boost::asio::co_spawn(loop, intake.store(permit, switch_id, n % 2 == 0 ? calls : backwards), count);
    loop.run();
    EXPECT_EQ(fresh, calls.size());
    EXPECT_EQ(history_of(anna).size(), calls.size());
    EXPECT_EQ(history_of(bo).size(), calls.size());
}

TEST_F(CallIntakeTest, LeavesAnOldCallWithWhoHadTheNumberThen) {
    auto const anna = owner(anna_number);
    auto const bo = person();
    consent(bo, "call_history");
    test.admin(fmt::format("UPDATE phone_assignments SET valid_to = '2026-03-01' WHERE organisation_id = '{}'",
                           organisation.text()));
    give(bo, anna_number, "2026-03-01");
    store(pending("old", call(anna_number, {}, "2026-02-28T23:59:59Z")),
          pending("new", call(anna_number, {}, "2026-03-01T00:00:00Z")));
    EXPECT_EQ(history_of(anna).size(), 1U);
    EXPECT_EQ(history_of(bo).size(), 1U);
    EXPECT_THROW(give(bo, anna_number, "2026-02-01"), std::exception) << "one person at a time";
}

TEST_F(CallIntakeTest, MatchesNoNumberThatSomebodyTypedIn) {
    auto const anna = owner(anna_number);
    test.admin(fmt::format("UPDATE profiles SET contact_numbers = '{}' WHERE user_id = '{}'",
                           storage::bytea("[\"" + bo_number + "\"]"), anna.user.text()));
    store(pending("1", call({}, bo_number)));
    EXPECT_TRUE(history_of(anna).empty());
}

TEST_F(CallIntakeTest, KeepsTheMarkOfAWrongClock) {
    auto const anna = owner(anna_number);
    auto odd = call(anna_number, {});
    auto times = CallTimes{at("2026-03-04T12:00:00Z"), {}, at("2026-03-04T12:01:00Z"), true};
    odd.times = SomeTimes{times};
    store(pending("1", odd), pending("2", call(anna_number, {})));
    auto const permit = this->permit<purpose::CallHistory>(anna);
    int marked = 0;
    auto const page = testing::run(history.page(permit, {{}, {}, {}, 200})).value();
    for (auto const& item : page.items) marked += item.times.open(permit).clock_off ? 1 : 0;
    EXPECT_EQ(marked, 1);
    times.clock_off = false;  // the same record, when its time has come
    odd.times = SomeTimes{times};
    EXPECT_EQ(store(pending("1", odd))[0]->standing, Standing::same);
}

TEST_F(CallIntakeTest, StoresNothingThatJoinsTwoPeople) {
    owner(anna_number);
    owner(bo_number);
    store(pending("call-1", call(anna_number, bo_number)));
    auto const rows = test.admin(
        fmt::format("SELECT source_hash, own_number, counterpart FROM calls WHERE organisation_id = '{}'",
                    organisation.text()));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_NE(rows[0][0].as<std::string>(), rows[1][0].as<std::string>());
    for (auto const& row : rows)
        for (auto const& column : row) EXPECT_EQ(storage::bytes_of(column).find("4670"), std::string::npos);
}

}  // namespace
}  // namespace samtal::calls
