#include "calls_service_fixture.hpp"

#include <algorithm>

namespace samtal::calls {
namespace {

using testing::run;

TEST_F(CallsServiceTest, NormalisesNumbersBeforeTheyAreStored) {
    EXPECT_EQ(ingest(record()).accepted, 1U);
    EXPECT_EQ(intake.callers, std::vector<std::string>{"+46701740605"});
}

TEST_F(CallsServiceTest, CountsARepeatAndACorrectionWithinABatch) {
    auto corrected = record();
    corrected.outcome = Outcome::failed;
    corrected.times = SomeTimes{{at("2026-03-04T12:00:00Z"), std::nullopt, at("2026-03-04T12:01:10Z")}};
    auto const report = ingest(record(), record(), corrected, record("c2"));
    EXPECT_EQ(report.accepted, 2U);
    EXPECT_EQ(report.duplicates, 1U);
    EXPECT_EQ(report.corrected, 1U);
    EXPECT_EQ(intake.sources, (std::vector<std::string>{"c1", "c2"}));
}

TEST_F(CallsServiceTest, CountsWhatTheIntakeKnewAlready) {
    intake.answer = StoredCall{Standing::same, {}};
    EXPECT_EQ(ingest(record()).duplicates, 1U);
    intake.answer = StoredCall{Standing::changed, {}};
    EXPECT_EQ(ingest(record()).corrected, 1U);
}

TEST_F(CallsServiceTest, RejectsABadRecordByItsIndexAndKeepsTheOthers) {
    auto const report =
        ingest(record("a"), Result<CallRecord>{Error{Errc::invalid, "x", "outcome"}}, record(""), record("b"));
    EXPECT_EQ(report.accepted, 2U);
    ASSERT_EQ(report.rejected.size(), 2U);
    EXPECT_EQ(report.rejected[0].index, 1U);
    EXPECT_EQ(report.rejected[1].index, 2U);
    EXPECT_EQ(report.rejected[1].problem.field.text(), "source_call_id");
}

TEST_F(CallsServiceTest, RejectsTimesThatCannotBe) {
    EXPECT_EQ(refused_field(timed("2026-03-04T12:00:00Z", {}, "2026-03-04T11:59:59Z")), "ended_at");
    EXPECT_EQ(refused_field(timed("2026-03-04T12:00:00Z", "2026-03-04T11:00:00Z", "2026-03-04T13:00:00Z")),
              "answered_at");
    EXPECT_EQ(refused_field(timed("2026-03-04T12:00:00Z", "2026-03-04T14:00:00Z", "2026-03-04T13:00:00Z")),
              "answered_at");
    EXPECT_EQ(refused_field(timed("1999-12-31T23:59:59Z", {}, "2000-01-01T00:00:00Z")), "started_at");
    EXPECT_EQ(refused_field(timed("2026-03-06T00:00:01Z", {}, "2026-03-06T00:00:02Z")), "started_at");
    EXPECT_EQ(refused_field(timed("2026-02-01T00:00:00Z", {}, "2026-02-08T00:00:01Z")), "ended_at");
    EXPECT_EQ(refused_field(
                  timed("2026-03-04T12:00:00Z", "2026-03-04T12:00:01Z", "2026-03-04T13:00:00Z", Outcome::busy)),
              "outcome");
    EXPECT_EQ(ingest(timed("2026-02-01T00:00:00Z", {}, "2026-02-08T00:00:00Z", Outcome::busy)).accepted, 1U);
}

TEST_F(CallsServiceTest, CountsEachOwnerOfAFreshCallOnce) {
    UserId const someone{boost::uuids::uuid{{1}}};
    intake.answer = StoredCall{Standing::fresh, {{someone, Direction::outgoing}, {someone, Direction::incoming}}};
    ingest(record());
    using statistics::Metric;
    EXPECT_EQ(std::ranges::count(recorder.events, Metric::calls_answered, &std::pair<Metric, std::string>::first),
              2);
    EXPECT_EQ(std::ranges::count(recorder.events, Metric::call_minutes, &std::pair<Metric, std::string>::first),
              2);
    recorder.events.clear();
    ingest(timed("2026-03-04T12:00:00Z", {}, "2026-03-04T12:00:30Z", Outcome::no_answer));
    ASSERT_EQ(recorder.events.size(), 1U);  // the caller missed nothing
    EXPECT_EQ(recorder.events[0].first, Metric::calls_missed);
}

TEST_F(CallsServiceTest, RefusesTheWholeBatchWhenItCouldNotBeStored) {
    intake.answer = Error{Errc::exhausted, "busy"};
    IngestCalls batch{SwitchId::nil(), {}};
    batch.records.push_back(record());
    auto const report =
        run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()), std::move(batch)));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::exhausted);
}

TEST_F(CallsServiceTest, TakesNoMoreThanAThousandRecords) {
    IngestCalls batch{SwitchId::nil(), std::vector<Result<CallRecord>>(1001, Error{Errc::invalid, "x"})};
    EXPECT_FALSE(
        run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()), std::move(batch))));
}

TEST_F(CallsServiceTest, ReadsNumbersByTheSwitchsOwnPlan) {
    switches.all = {.time_zone = {}, .country_code = "47", .short_prefix = "+46701740", .short_digits = 3};
    auto extension = record("a");
    extension.caller = Counterpart{"605"};
    auto national = record("b");
    national.caller = Counterpart{"0221234567"};
    ingest(extension, national);
    EXPECT_EQ(intake.callers, (std::vector<std::string>{"+46701740605", "+47221234567"}));
}

TEST_F(CallsServiceTest, MarksACallOfASwitchWhoseClockIsAhead) {
    ingest(timed("2026-03-05T02:00:00Z", {}, "2026-03-05T02:01:00Z", Outcome::busy));
    ingest(timed("2026-03-05T00:03:00Z", {}, "2026-03-05T00:04:00Z", Outcome::busy));
    EXPECT_EQ(intake.marks, (std::vector<bool>{true, false}));
}

TEST_F(CallsServiceTest, TakesNoNulInANameOfASwitch) {
    using namespace std::string_literals;
    auto part = record("a");
    part.part.id = "b\0c"s;
    EXPECT_EQ(refused_field(record("a\0b"s)), "source_call_id");
    EXPECT_EQ(refused_field(part), "source_call_id");
}

TEST_F(CallsServiceTest, KeepsThePartsOfACallApart) {
    auto part = record("a");
    part.part.id = "1";
    auto const report = ingest(part, record("a"), part);
    EXPECT_EQ(report.accepted, 2U);
    EXPECT_EQ(report.duplicates, 1U);
}

}  // namespace
}  // namespace samtal::calls
