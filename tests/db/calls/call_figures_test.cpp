#include "calls/report_range.hpp"
#include "calls_test_base.hpp"

namespace samtal::calls {
namespace {

class CallFiguresTest : public CallsDatabaseTest {
protected:
    CallStatistics figures(Principal const& who, AskFigures const& asked) {
        auto const allowed = permit<purpose::CallHistory>(who);
        auto range = report_range(asked, "Europe/Stockholm", at("2026-03-10T12:00:00Z")).value();
        return testing::run(history.figures(allowed, std::move(range))).value();
    }
    CounterpartStatistics counterparts(Principal const& who, std::size_t limit = 50) {
        auto const allowed = permit<purpose::CallHistory>(who);
        return testing::run(history.counterparts(
                                allowed, {at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), {}}, limit))
            .value();
    }
    static RangeEnd date(std::string_view text) { return {parse_full_date(text).value(), true}; }
    static RangeEnd moment(std::string_view text) { return {at(text), false}; }
    static std::string text(Figures const& f) {
        return fmt::format("in {} out {} answered {} missed {} talk {} longest {}", f.incoming, f.outgoing,
                           f.answered, f.missed, f.talk_s, f.longest_s);
    }
    void fade(Principal const& who, std::string_view source_minute, std::string_view stage, bool counterpart) {
        test.admin(
            fmt::format("UPDATE calls SET stage = '{}', source_hash = NULL, counterpart_hash = NULL{} "
                        "WHERE owner_id = '{}' AND to_char(started_at, 'MI') = '{}'",
                        stage, counterpart ? "" : ", counterpart = NULL", who.user.text(), source_minute));
    }
};

TEST_F(CallFiguresTest, CountInThePersonsDays) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number, "2026-03-03T22:59:59Z")),  // 3 March, 23:59 in Stockholm
          pending("2", call(bo_number, anna_number, "2026-03-03T23:00:00Z")),  // 4 March
          pending("3", call(bo_number, anna_number, "2026-03-04T10:00:00Z", Outcome::no_answer)),  // 4 March
          pending("4", call(bo_number, anna_number, "2026-03-05T23:00:00Z")));  // 6 March: outside
    auto const found = figures(anna, {date("2026-03-03"), date("2026-03-06"), Bucket::day});
    ASSERT_EQ(found.buckets.size(), 3U);
    EXPECT_EQ(rfc3339(found.buckets[0].start), "2026-03-02T23:00:00.000Z");
    EXPECT_EQ(text(found.buckets[0].figures), "in 0 out 1 answered 1 missed 0 talk 60 longest 60");
    EXPECT_EQ(text(found.buckets[1].figures), "in 2 out 0 answered 1 missed 1 talk 60 longest 60");
    EXPECT_EQ(text(found.buckets[2].figures), "in 0 out 0 answered 0 missed 0 talk 0 longest 0");
    EXPECT_EQ(text(found.totals), "in 2 out 1 answered 2 missed 1 talk 120 longest 60");
    auto const elsewhere =
        figures(anna, {date("2026-03-03"), date("2026-03-06"), Bucket::day, "America/New_York"});
    EXPECT_EQ(text(elsewhere.buckets[0].figures), "in 1 out 1 answered 2 missed 0 talk 120 longest 60");
    EXPECT_EQ(text(elsewhere.buckets[2].figures), "in 1 out 0 answered 1 missed 0 talk 60 longest 60");
}

TEST_F(CallFiguresTest, TellTheHourThatTheClockShowsTwiceApart) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number, "2025-10-26T00:30:00Z")),  // 02:30, summer time
          pending("2", call(anna_number, bo_number, "2025-10-26T01:30:00Z")),  // 02:30 again
          pending("3", call(anna_number, bo_number, "2025-10-26T22:59:59Z")));
    auto const hours = figures(anna, {date("2025-10-26"), date("2025-10-27"), Bucket::hour});
    ASSERT_EQ(hours.buckets.size(), 25U);
    EXPECT_EQ(hours.buckets[2].figures.outgoing, 1);
    EXPECT_EQ(hours.buckets[3].figures.outgoing, 1);
    EXPECT_EQ(hours.buckets[24].figures.outgoing, 1);
    EXPECT_EQ(figures(anna, {date("2025-10-26"), date("2025-10-27"), Bucket::day}).buckets.at(0).figures.outgoing,
              3);
}

TEST_F(CallFiguresTest, CountNothingOutsideTheRangeAndNobodyElsesCalls) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    store(pending("1", call(anna_number, bo_number, "2026-03-04T11:59:59Z")),
          pending("2", call(anna_number, {}, "2026-03-04T12:00:00Z")),
          pending("3", call(anna_number, {}, "2026-03-04T13:00:00Z")));
    AskFigures const hour{moment("2026-03-04T12:00:00Z"), moment("2026-03-04T13:00:00Z"), Bucket::day};
    EXPECT_EQ(figures(anna, hour).totals.outgoing, 1);
    EXPECT_EQ(figures(anna, hour).buckets.size(), 1U);
    EXPECT_EQ(text(figures(bo, hour).totals), "in 0 out 0 answered 0 missed 0 talk 0 longest 0");
    EXPECT_TRUE(figures(anna, {date("2026-03-02"), date("2026-03-02")}).buckets.empty());
}

TEST_F(CallFiguresTest, ComeByCounterpartAndAddUp) {
    auto const anna = owner(anna_number);
    std::string const third = "+46701740607";
    store(pending("1", call(bo_number, anna_number, "2026-03-04T12:01:00Z")),
          pending("2", call(anna_number, bo_number, "2026-03-04T12:02:00Z")),
          pending("3", call(bo_number, anna_number, "2026-03-04T12:03:00Z", Outcome::busy)),
          pending("4", call(third, anna_number, "2026-03-04T12:04:00Z")),
          pending("5", call(third, anna_number, "2026-03-04T12:05:00Z", Outcome::cancelled)),
          pending("6", call({}, anna_number, "2026-03-04T12:06:00Z")));
    auto const allowed = permit<purpose::CallHistory>(anna);
    auto const all = counterparts(anna);
    ASSERT_EQ(all.items.size(), 3U);
    EXPECT_EQ(all.items[0].number->open(allowed), bo_number);
    EXPECT_EQ(text(all.items[0].figures), "in 2 out 1 answered 2 missed 1 talk 120 longest 60");
    EXPECT_EQ(all.items[1].number->open(allowed), third);
    EXPECT_EQ(all.items[2].kind, CounterpartKind::withheld);
    EXPECT_FALSE(all.items[2].number);
    EXPECT_EQ(text(all.totals), "in 5 out 1 answered 4 missed 2 talk 240 longest 60");
    EXPECT_EQ(text(all.rest), text({}));
    auto const one = counterparts(anna, 1);
    ASSERT_EQ(one.items.size(), 1U);
    EXPECT_EQ(text(one.totals), text(all.totals));
    EXPECT_EQ(text(one.rest), "in 3 out 0 answered 2 missed 1 talk 120 longest 60");
    EXPECT_EQ(text(one.totals), text(figures(anna, {date("2026-03-01"), date("2026-03-10")}).totals));
}

TEST_F(CallFiguresTest, StayWhatTheyAreWhileRowsFade) {
    auto const anna = owner(anna_number);
    for (int n = 0; n < 6; ++n)
        store(pending(std::to_string(n), call(bo_number, anna_number, fmt::format("2026-03-04T12:0{}:00Z", n))));
    AskFigures const week{date("2026-03-02"), date("2026-03-09")};
    auto const before = text(figures(anna, week).totals);
    fade(anna, "00", "masked", true);
    fade(anna, "01", "masked", true);
    fade(anna, "02", "token", true);
    fade(anna, "03", "removed", false);
    test.admin(fmt::format(
        "UPDATE calls SET counterpart_hash = NULL WHERE owner_id = '{}' AND to_char(started_at, 'MI') = '04'",
        anna.user.text()));
    EXPECT_EQ(text(figures(anna, week).totals), before);
    auto const found = counterparts(anna);
    EXPECT_EQ(text(found.totals), before);
    std::string kinds;
    for (auto const& item : found.items) kinds += fmt::format("{} {},", name_of(item.kind), item.figures.incoming);
    EXPECT_EQ(kinds, "masked 2,number 1,unlisted 1,removed 1,token 1,");
    for (auto const& item : found.items) EXPECT_EQ(item.number.has_value(), item.kind == CounterpartKind::number);
}

}  // namespace
}  // namespace samtal::calls
