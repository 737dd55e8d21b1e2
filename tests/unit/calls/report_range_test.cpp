#include "calls/report_range.hpp"

#include <gtest/gtest.h>

namespace samtal::calls {
namespace {

Timestamp at(std::string_view text) {
    return parse_rfc3339(text).value();
}
RangeEnd date(std::string_view text) {
    return {parse_full_date(text).value(), true};
}
RangeEnd moment(std::string_view text) {
    return {at(text), false};
}

Result<ReportRange> range(AskFigures const& asked, std::string_view now = "2026-03-10T12:00:00Z") {
    return report_range(asked, "Europe/Stockholm", at(now));
}
Result<ReportRange> range_in(std::string zone, std::string_view from, std::string_view to, Bucket bucket) {
    return range({date(from), date(to), bucket, std::move(zone)});
}
std::vector<std::string> starts(Result<ReportRange> const& found) {
    std::vector<std::string> texts;
    for (Timestamp const start : found.value().starts) texts.push_back(rfc3339(start).substr(0, 16));
    return texts;
}
using Texts = std::vector<std::string>;

TEST(ReportRange, BeginsItsDaysAtMidnightInTheTimeZone) {
    EXPECT_EQ(starts(range({date("2026-03-28"), date("2026-03-31"), Bucket::day})),
              (Texts{"2026-03-27T23:00", "2026-03-28T23:00", "2026-03-29T22:00"}));
    EXPECT_EQ(starts(range_in("America/New_York", "2026-03-07", "2026-03-10", Bucket::day)),
              (Texts{"2026-03-07T05:00", "2026-03-08T05:00", "2026-03-09T04:00"}));
    EXPECT_EQ(starts(range_in("Asia/Kathmandu", "2026-03-07", "2026-03-08", Bucket::day)),
              Texts{"2026-03-06T18:15"});
}

TEST(ReportRange, HasAsManyHoursAsTheDayHas) {
    EXPECT_EQ(range_in("Europe/Stockholm", "2026-03-28", "2026-03-29", Bucket::hour)->starts.size(), 24U);
    EXPECT_EQ(range_in("Europe/Stockholm", "2026-03-29", "2026-03-30", Bucket::hour)->starts.size(), 23U);
    EXPECT_EQ(range_in("Europe/Stockholm", "2026-10-25", "2026-10-26", Bucket::hour)->starts.size(), 25U);
    EXPECT_EQ(range_in("Asia/Kathmandu", "2026-03-07", "2026-03-08", Bucket::hour)->starts.size(), 24U);
}

TEST(ReportRange, KeepsFullHoursWhereTheClockChangesByHalfAnHour) {
    for (auto const* const day : {"2026-04-05", "2026-10-04"}) {
        auto const found =
            range({date(day), std::nullopt, Bucket::hour, "Australia/Lord_Howe"}, std::string{day} + "T06:00:00Z");
        auto const& hours = found->starts;
        ASSERT_GT(hours.size(), 20U);
        for (std::size_t n = 1; n < hours.size(); ++n) {
            auto const length = hours[n] - hours[n - 1];
            EXPECT_TRUE(length == std::chrono::minutes{60} || length == std::chrono::minutes{90});
        }
        // As the day began, so it goes on: at full hours.
        auto const next = range({moment(std::string{day} + "T05:59:00Z"), moment(std::string{day} + "T06:00:00Z"),
                                 Bucket::hour, "Australia/Lord_Howe"});
        EXPECT_NE(std::ranges::find(hours, next->starts.front()), hours.end());
    }
}

TEST(ReportRange, BeginsADayOnceWhateverItsMidnightDoes) {
    // In São Paulo the clock went from 24:00 to 01:00, and back from 24:00 to 23:00.
    EXPECT_EQ(starts(range_in("America/Sao_Paulo", "2017-10-14", "2017-10-17", Bucket::day)),
              (Texts{"2017-10-14T03:00", "2017-10-15T03:00", "2017-10-16T02:00"}));
    EXPECT_EQ(starts(range_in("America/Sao_Paulo", "2018-02-17", "2018-02-20", Bucket::day)),
              (Texts{"2018-02-17T02:00", "2018-02-18T03:00", "2018-02-19T03:00"}));
    // In Havana midnight comes twice: the day begins with the first.
    EXPECT_EQ(starts(range_in("America/Havana", "2026-11-01", "2026-11-03", Bucket::day)),
              (Texts{"2026-11-01T04:00", "2026-11-02T05:00"}));
}

TEST(ReportRange, BeginsWeeksOnMondayAndMonthsOnTheFirst) {
    EXPECT_EQ(starts(range({date("2026-03-04"), date("2026-03-17"), Bucket::week})),
              (Texts{"2026-03-01T23:00", "2026-03-08T23:00", "2026-03-15T23:00"}));
    EXPECT_EQ(starts(range({date("2026-01-15"), date("2026-04-02"), Bucket::month})),
              (Texts{"2025-12-31T23:00", "2026-01-31T23:00", "2026-02-28T23:00", "2026-03-31T22:00"}));
    EXPECT_EQ(range({date("2026-03-02"), date("2026-03-09"), Bucket::week})->starts.size(), 1U);
}

TEST(ReportRange, HasABucketForAnyPartAndNoneForNothing) {
    EXPECT_EQ(starts(range({moment("2026-03-02T10:00:00Z"), moment("2026-03-02T10:00:00.001Z"), Bucket::day})),
              Texts{"2026-03-01T23:00"});
    EXPECT_TRUE(starts(range({date("2026-03-02"), date("2026-03-02"), Bucket::day})).empty());
}

TEST(ReportRange, CoversTheLastThirtyDaysUnlessAsked) {
    auto const usual = range({});
    EXPECT_EQ(usual->starts.size(), 30U);
    EXPECT_EQ(rfc3339(usual->to), "2026-03-10T23:00:00.000Z");
    EXPECT_EQ(range({{}, date("2026-02-01"), Bucket::day})->starts.size(), 30U);
    auto const elsewhere = range({{}, {}, Bucket::day, "Pacific/Auckland"});
    EXPECT_EQ(rfc3339(elsewhere->to), "2026-03-11T11:00:00.000Z");
}

TEST(ReportRange, RefusesMoreThanAThousandBuckets) {
    EXPECT_EQ(range({date("2020-01-01"), date("2022-09-27")})->starts.size(), 1000U);
    EXPECT_EQ(range({date("2020-01-01"), date("2022-09-28")}).error().field.text(), "from");
    EXPECT_EQ(range({date("1970-01-01"), date("9999-12-31"), Bucket::month}).error().field.text(), "from");
    EXPECT_TRUE(whole_range({date("1970-01-01"), date("9999-12-31")}, "UTC", at("2026-03-10T12:00:00Z")));
}

TEST(ReportRange, RefusesRangesUpsideDown) {
    EXPECT_EQ(range({date("2026-03-09"), date("2026-03-02")}).error().field.text(), "from");
    EXPECT_EQ(range({date("2030-01-01"), {}}).error().field.text(), "from");
}

TEST(ReportRange, KnowsOnlyRealTimeZones) {
    for (auto const* const name :
         {"", "Europe/Atlantis", "europe/stockholm", "GMT+3", "GMT+05:30", "+02:00", "Etc/Unknown",
          "Europe/Stockholm ", "'; DROP TABLE calls; --", "Europe/Stockholm\r\nX: y"})
        EXPECT_EQ(range({{}, {}, Bucket::day, name}).error().field.text(), "time_zone") << name;
    for (auto const* const name : {"UTC", "Europe/Stockholm", "America/Argentina/Buenos_Aires", "Etc/GMT-14"})
        EXPECT_TRUE(range({{}, {}, Bucket::day, name})) << name;
}

}  // namespace
}  // namespace samtal::calls
