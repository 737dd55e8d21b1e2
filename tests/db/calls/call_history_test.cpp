#include "calls_test_base.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace samtal::calls {
namespace {

class CallHistoryTest : public CallsDatabaseTest {
protected:
    HistoryPage page(Principal const& who, ListCalls query) {
        return testing::run(history.page(permit<purpose::CallHistory>(who), query)).value();
    }
    Result<CallStatistics> figures(Principal const& who, AskFigures query,
                                   std::string_view now = "2026-03-10T12:00:00Z") {
        auto const allowed = permit<purpose::CallHistory>(who);
        return testing::run(history.figures(allowed, query, at(now)));
    }
    static RangeEnd date(std::string_view text) { return {parse_full_date(text).value(), true}; }
    static RangeEnd moment(std::string_view text) { return {at(text), false}; }
};

TEST_F(CallHistoryTest, PagesNewestFirstWithoutGapOrRepeat) {
    auto const anna = owner(anna_number);
    std::vector<PendingCall> calls;
    for (int n = 0; n < 7; ++n)  // three begin at one moment: then their ids decide
        calls.push_back(
            pending(std::to_string(n), call(anna_number, {}, fmt::format("2026-03-04T12:0{}:00Z", n / 3))));
    store_by(organisation, switch_id, calls);
    auto const allowed = permit<purpose::CallHistory>(anna);
    std::vector<Timestamp> starts;
    std::set<CallId> ids;
    std::optional<CallPosition> after;
    do {
        auto const part = page(anna, {{}, {}, after, 2});
        for (auto const& item : part.items) {
            starts.push_back(item.times.open(allowed).started_at);
            ids.insert(item.id);
        }
        after = part.next;
    } while (after);
    EXPECT_EQ(ids.size(), 7U);
    EXPECT_EQ(starts.size(), 7U);
    EXPECT_TRUE(std::ranges::is_sorted(starts, std::greater{}));
}

TEST_F(CallHistoryTest, HoldsItsRange) {
    auto const anna = owner(anna_number);
    for (auto const* const start : {"2026-03-03T23:59:59Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"})
        store(pending(start, call(anna_number, {}, start)));
    EXPECT_EQ(page(anna, {at("2026-03-04T00:00:00Z"), at("2026-03-05T00:00:00Z"), {}, 50}).items.size(), 1U);
    EXPECT_EQ(page(anna, {at("2026-03-04T00:00:00Z"), {}, {}, 50}).items.size(), 2U);
    EXPECT_EQ(page(anna, {{}, at("2026-03-05T00:00:00Z"), {}, 1}).items.size(), 1U);
}

TEST_F(CallHistoryTest, IsHiddenByAWithdrawalEvenFromAPermitThatStands) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number)));
    auto const allowed = permit<purpose::CallHistory>(anna);
    consent(anna, "call_history", "withdrawn");
    EXPECT_TRUE(testing::run(history.page(allowed, {{}, {}, {}, 50}))->items.empty());
    auto const seen = testing::run(
        history.figures(allowed, {date("2026-03-01"), date("2026-03-09")}, at("2026-03-10T00:00:00Z")));
    EXPECT_EQ(seen->totals.outgoing, 0);
}

TEST_F(CallHistoryTest, CountsInThePersonsDays) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number, "2026-03-03T22:59:59Z")),  // 3 March, 23:59 in Stockholm
          pending("2", call(bo_number, anna_number, "2026-03-03T23:00:00Z")),  // 4 March
          pending("3", call(bo_number, anna_number, "2026-03-04T10:00:00Z", Outcome::no_answer)),  // 4 March
          pending("4", call(bo_number, anna_number, "2026-03-05T23:00:00Z")));  // 6 March: outside
    auto const found = figures(anna, {date("2026-03-03"), date("2026-03-06"), Bucket::day}).value();
    ASSERT_EQ(found.buckets.size(), 3U);
    EXPECT_EQ(rfc3339(found.buckets[0].start), "2026-03-02T23:00:00.000Z");
    EXPECT_EQ(found.buckets[0].figures.outgoing, 1);
    EXPECT_EQ(found.buckets[1].figures.incoming, 2);
    EXPECT_EQ(found.buckets[1].figures.missed, 1);
    EXPECT_EQ(found.buckets[1].figures.talk_s, 60);
    EXPECT_EQ(found.buckets[2].figures.incoming, 0);
    EXPECT_EQ(found.totals.incoming, 2);
    EXPECT_EQ(found.totals.talk_s, 120);
}

TEST_F(CallHistoryTest, HasBucketsWithoutGapsOverTheChangeToSummerTime) {
    auto const anna = owner(anna_number);
    auto const days = figures(anna, {date("2026-03-28"), date("2026-03-31"), Bucket::day}).value();
    ASSERT_EQ(days.buckets.size(), 3U);
    EXPECT_EQ(rfc3339(days.buckets[1].start), "2026-03-28T23:00:00.000Z");
    EXPECT_EQ(rfc3339(days.buckets[2].start), "2026-03-29T22:00:00.000Z");
    EXPECT_EQ(figures(anna, {date("2026-03-02"), date("2026-03-09"), Bucket::week})->buckets.size(), 1U);
    EXPECT_EQ(figures(anna, {date("2026-01-15"), date("2026-03-09"), Bucket::month})->buckets.size(), 3U);
    EXPECT_EQ(figures(anna, {date("2026-03-02"), date("2026-03-02"), Bucket::day})->buckets.size(), 0U);
    EXPECT_EQ(figures(anna, {moment("2026-03-02T10:00:00Z"), moment("2026-03-02T11:00:00Z"), Bucket::day})
                  ->buckets.size(),
              1U);
}

TEST_F(CallHistoryTest, CoversTheLastThirtyDaysUnlessAsked) {
    auto const anna = owner(anna_number);
    auto const usual = figures(anna, {}, "2026-03-10T12:00:00Z").value();
    ASSERT_EQ(usual.buckets.size(), 30U);
    EXPECT_EQ(rfc3339(usual.buckets.back().start), "2026-03-09T23:00:00.000Z");
    EXPECT_EQ(figures(anna, {{}, date("2026-02-01"), Bucket::day})->buckets.size(), 30U);
}

TEST_F(CallHistoryTest, RefusesRangesUpsideDownAndBeyondAThousandBuckets) {
    auto const anna = owner(anna_number);
    EXPECT_EQ(figures(anna, {date("2026-03-09"), date("2026-03-02")}).error().code, Errc::invalid);
    EXPECT_EQ(figures(anna, {date("2030-01-01"), {}}).error().code, Errc::invalid);
    EXPECT_EQ(figures(anna, {date("2020-01-01"), date("2022-09-28")}).error().code, Errc::invalid);  // 1001 days
    EXPECT_EQ(figures(anna, {date("2020-01-01"), date("2022-09-27")})->buckets.size(), 1000U);
    EXPECT_EQ(figures(anna, {date("1970-01-01"), date("9999-12-31"), Bucket::month}).error().code, Errc::invalid);
}

}  // namespace
}  // namespace samtal::calls
