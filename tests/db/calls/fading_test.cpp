#include "fading_fixture.hpp"

#include <set>

namespace samtal::calls {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST_F(CallFadingTest, E1_ACallFadesByItsAgeAndNoDaySooner) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    store(pending("1", call(anna_number, bo_number)), pending("2", call("112", anna_number)),
          pending("3", call({}, anna_number)));
    Lines const whole{"outgoing +46701740605 +46701740606", "incoming +46701740605 112",
                      "incoming +46701740605 withheld"};
    auto const as_set = [](Lines const& lines) { return std::multiset<std::string>{lines.begin(), lines.end()}; };
    run(ended + days{30} - 1ms);
    EXPECT_EQ(as_set(history_of(anna)), as_set(whole));
    EXPECT_EQ(rows(anna, "stage = 'full' AND source_hash IS NOT NULL"), 3);

    auto const said = due(ended + days{30}).at("calls_masked");
    EXPECT_GE(said, 4);
    EXPECT_EQ(run(ended + days{30}).at("calls_masked"), said);
    EXPECT_EQ(as_set(history_of(anna)), as_set({"outgoing +46701740605 +4670174****", "incoming +46701740605 ****",
                                                "incoming +46701740605 withheld"}));
    EXPECT_EQ(history_of(bo), Lines{"incoming +46701740606 +4670174****"});
    EXPECT_EQ(rows(anna, "stage = 'masked' AND num_nulls(source_hash, counterpart_hash, part_hash, note) = 4"), 3);

    EXPECT_GE(run(ended + days{60}).at("calls_token"), 4);
    EXPECT_EQ(rows(anna, "stage = 'token'"), 3);
    for (auto const& line : history_of(anna))
        EXPECT_TRUE(line.ends_with("withheld") || line.find("605 ~") != std::string::npos) << line;

    EXPECT_GE(run(ended + days{90}).at("calls"), 4);
    EXPECT_TRUE(history_of(anna).empty());
    EXPECT_EQ(counted(anna), 3);
    EXPECT_EQ(counted(bo), 1);
}

TEST_F(CallFadingTest, E1_TotalsStayTheSameThroughEveryStage) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    busy_week(anna_number, bo_number);
    auto const of_anna = figures_of(anna), of_bo = figures_of(bo);
    ASSERT_NE(of_anna.find("28 28"), std::string::npos) << of_anna;
    for (int day = 27; day <= 100; ++day) {
        run(ended + days{day});
        ASSERT_EQ(figures_of(anna), of_anna) << day;
        ASSERT_EQ(figures_of(bo), of_bo) << day;
    }
    EXPECT_EQ(rows(anna), 0);
    EXPECT_EQ(counted(anna), 56);
    EXPECT_EQ(
        number(fmt::format("SELECT max(longest_s) FROM call_counters WHERE owner_id = '{}'", anna.user.text())),
        60);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM call_counters WHERE owner_id = '{}' AND "
                                 "hour <> date_trunc('hour', hour, 'Europe/Stockholm')",
                                 anna.user.text())),
              0);
    run(at("2027-05-01T00:00:00Z"));
    EXPECT_EQ(counted(anna), 0) << "after 13 months nothing is left";
}

TEST_F(CallFadingTest, E1_WhatIsLongOverdueTakesOneStepAndRunsMayBeRepeated) {
    auto const anna = owner(anna_number);
    for (int n = 0; n < 8; ++n)
        store(pending(std::to_string(n), call(anna_number, bo_number, rfc3339(ended - days{n * 15}))));
    auto const before = figures_of(anna);
    run(ended + days{45});
    EXPECT_EQ(rows(anna, "stage = 'masked'"), 2);
    EXPECT_EQ(rows(anna, "stage = 'token'"), 2);
    EXPECT_EQ(counted(anna), 4);
    auto const again = run(ended + days{45});
    for (auto const* category : {"calls", "calls_token", "calls_masked"})
        EXPECT_EQ(again.at(category), 0) << category;
    EXPECT_EQ(figures_of(anna), before);
}

TEST_F(CallFadingTest, E1_ABatchThatIsCutOffCountsNothingTwice) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    busy_week(anna_number, bo_number);
    auto const before = figures_of(anna);
    Timestamp const late = ended + days{100};
    auto const permit = job();
    auto const steps = retention::fading_steps(processing::built_in());
    retention::FadingRows const full{organisation, "full", 0};
    // Some batches are through, another is rolled back in the middle, as when the server is killed.
    for (int n = 0; n < 3; ++n)
        EXPECT_EQ(testing::run(fading.fade_batch(permit, steps[0], full, late, Timestamp{}, 5)).value().deleted,
                  5);
    test.admin(
        fmt::format("DO $$ BEGIN PERFORM count_faded_calls('{}', 'full', 'P90D', {}, '-infinity', 7, "
                    "gen_random_uuid(), 'UTC'); RAISE EXCEPTION 'killed'; EXCEPTION WHEN raise_exception "
                    "THEN NULL; END $$",
                    organisation.text(), fmt::format("to_timestamp({} / 1000.0)", storage::ms(late))));
    EXPECT_EQ(counted(anna) + counted(bo), 15);
    EXPECT_EQ(figures_of(anna), before);
    run(late);
    EXPECT_EQ(counted(anna) + counted(bo), 2 * 56);
    EXPECT_EQ(figures_of(anna), before);
}

TEST_F(CallFadingTest, E1_TokensTellOnePersonsCallsApartAndJoinNothingAcrossPeople) {
    auto const anna = owner(anna_number), bo = owner(bo_number);
    std::string const shop = "+46812345678";
    store(pending("1", call(anna_number, shop)), pending("2", call(anna_number, shop)),
          pending("3", call(bo_number, shop)));
    choose("calls_token_after = '30 days'");
    auto const permit = job();
    auto const step = retention::fading_steps(processing::built_in())[1];
    testing::run(fading.fade_batch(permit, step, {organisation, "full", 3}, ended + days{31}, Timestamp{}, 100))
        .value();
    auto const of_anna = history_of(anna);
    ASSERT_EQ(of_anna.size(), 2U);
    EXPECT_EQ(of_anna[0], of_anna[1]);
    EXPECT_NE(of_anna[0].substr(of_anna[0].find('~')), history_of(bo)[0].substr(history_of(bo)[0].find('~')));
}

TEST_F(CallFadingTest, E1_WhatComesLateOfAFadedCallIsNoNewRow) {
    auto const anna = owner(anna_number);
    owner(bo_number);
    auto const leg = [&](std::string part, Leg side) {
        return PendingCall{"parts", {std::move(part), side}, call(anna_number, bo_number)};
    };
    store(pending("whole", call(anna_number, bo_number, "2026-03-04T08:00:00Z")), leg("a", Leg::originating));
    for (int day : {30, 60, 90}) {
        run(ended + days{day});
        auto const before = figures_of(anna);
        auto const shown = history_of(anna);
        // The times, the outcome, then the other's number are corrected; the other leg comes late.
        store(pending("whole", call(anna_number, bo_number, rfc3339(at("2026-03-04T08:00:01Z") + day * 1s))));
        store(pending("whole", call(anna_number, fmt::format("+467017406{}", day), "2026-03-04T08:00:02Z")));
        store(leg(fmt::format("b{}", day), Leg::terminating), leg("a", Leg::originating));
        EXPECT_EQ(figures_of(anna), before) << day;
        EXPECT_EQ(history_of(anna), shown) << day;
        EXPECT_EQ(rows(anna, "stage = 'full'"), 0) << day;
    }
    store(pending("late", call(anna_number, bo_number)));
    EXPECT_EQ(rows(anna, "stage = 'full'"), 1) << "what comes late for the first time is stored";
    run(ended + days{90});
    EXPECT_EQ(counted(anna), 3);
}

TEST_F(CallFadingTest, E1_ACorrectionThatMeetsARowAsItFadesLeavesIt) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number)));
    auto const id = test.admin(fmt::format("SELECT call_id FROM calls WHERE owner_id = '{}'", anna.user.text()));
    run(ended + days{30});
    auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
    auto const corrected = call(anna_number, bo_number);
    auto const written = testing::run(db.run(permit, [&](storage::Tx& tx) -> Result<void> {
        write_rows(tx, *test.keys,
                   {{permit, anna.user, storage::id_of<CallId>(id[0][0]), true, "1", "", 0, Direction::outgoing,
                     *corrected.caller, corrected.callee, corrected.times, corrected.outcome}});
        return {};
    }));
    EXPECT_TRUE(written.has_value());
    EXPECT_EQ(history_of(anna), Lines{"outgoing +46701740605 +4670174****"});
}

}  // namespace
}  // namespace samtal::calls
