#include "calls/calls_service.hpp"

#include "keys.hpp"
#include "samtal/consent/gate.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

namespace samtal::calls {
namespace {

using namespace std::chrono_literals;
using testing::run;

Timestamp at(char const* text) {
    return parse_rfc3339(text).value();
}

/// Remembers what it was given and says of every call what `standing` says.
class FakeIntake final : public CallIntake {
public:
    Task<std::vector<Result<StoredCall>>> store(SetupPermit const& permit, SwitchId,
                                                std::span<PendingCall const> calls) override {
        std::vector<Result<StoredCall>> results;
        for (PendingCall const& call : calls) {
            sources.push_back(call.source_call_id);
            if (call.last.caller) callers.push_back(call.last.caller->open(permit).text);
            marks.push_back(call.last.times.open(permit).clock_off);
            results.push_back(answer);
        }
        co_return results;
    }

    Result<StoredCall> answer = StoredCall{Standing::fresh, {}};
    std::vector<std::string> sources, callers;
    std::vector<bool> marks;
};

class OneSwitch final : public SwitchBook {
public:
    [[nodiscard]] SwitchSettings settings(SwitchId) const override { return all; }
    SwitchSettings all;
};

/// Says that everybody with a number is `somebody`.
class FakePeople final : public CallPeople {
public:
    Task<Result<std::vector<UserId>>> people_of(SetupPermit const&, std::vector<Party> parties,
                                                Timestamp) override {
        co_return std::vector<UserId>(parties.empty() ? 0U : 1U, somebody);
    }
    UserId const somebody{boost::uuids::uuid{{7}}};
};

class Counted final : public statistics::Recorder {
public:
    std::vector<std::pair<statistics::Metric, std::string>> events;

private:
    void fold(UserId, statistics::Metric metric, std::string_view label) noexcept override {
        events.emplace_back(metric, label);
    }
};

/// Remembers what it was told of calls.
class FakeFollower final : public CallFollower {
public:
    Task<Result<void>> follow(SetupPermit const&, SwitchId, std::vector<CallNews> news) override {
        for (CallNews const& one : news) heard.emplace_back(one.source_call_id, one.progress, one.outcome);
        co_return answer;
    }
    Result<void> answer;
    std::vector<std::tuple<std::string, Progress, Outcome>> heard;
};

class CallsServiceTest : public ::testing::Test {
protected:
    static CallRecord record(std::string source = "c1") {
        return {std::move(source),
                {},
                Counterpart{"070-1740605"},
                Counterpart{"+46701740606"},
                SomeTimes{{at("2026-03-04T12:00:00Z"), at("2026-03-04T12:00:10Z"), at("2026-03-04T12:01:10Z")}},
                Outcome::answered};
    }
    static CallRecord timed(char const* started, std::optional<char const*> answered, char const* ended,
                            Outcome outcome = Outcome::answered) {
        auto changed = record();
        changed.times =
            SomeTimes{{at(started), answered ? std::optional{at(*answered)} : std::nullopt, at(ended)}};
        changed.outcome = outcome;
        return changed;
    }

    template <class... Records>
    IngestReport ingest(Records... records) {
        IngestCalls batch{SwitchId::nil(), {}};
        (batch.records.push_back(std::move(records)), ...);
        return run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()),
                                  std::move(batch)))
            .value();
    }
    Result<void> tell(CallEvent event) {
        std::vector<CallEvent> events;
        events.push_back(std::move(event));
        return run(
            service.follow(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()), std::move(events)));
    }
    std::string refused_field(CallRecord bad) {
        auto const report = ingest(std::move(bad));
        return report.rejected.size() == 1 ? std::string{report.rejected[0].problem.field.text()} : "";
    }

    Keys keys;
    storage::KeyRing ring = keys.ring();
    PhoneNumbers numbers{ring};
    FakeIntake intake;
    Counted recorder;
    OneSwitch switches;
    FakePeople people;
    consent::Gate gate;
    Timestamp now = at("2026-03-05T00:00:00Z");
    LiveCalls live{[this] { return now; }, ring};
    FakeFollower follower;
    CallsService service{{intake, people, switches, live, numbers, recorder}, [this] { return now; }};
};

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

TEST_F(CallsServiceTest, FollowsWhoIsOnACall) {
    EXPECT_TRUE(tell({SwitchId::nil(), "1", Progress::talking, {}, {}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::ringing, {}, Counterpart{"070-1740605"}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::talking, {}, Counterpart{"070-1740605"}, {}}));
    EXPECT_TRUE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::over, {}, {}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
}

TEST_F(CallsServiceTest, EndsATalkWithItsRecordToo) {
    EXPECT_TRUE(tell({SwitchId::nil(), "c1", Progress::talking, {}, Counterpart{"070-1740605"}, {}}));
    ingest(record("c2"));
    EXPECT_TRUE(live.on_a_call(people.somebody));
    ingest(record("c1"));
    EXPECT_FALSE(live.on_a_call(people.somebody));
}

TEST_F(CallsServiceTest, K2_TellsWhoeverFollowsACallHowItGoesOn) {
    service.use(follower);
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::ringing, {}, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::talking, {}, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::over, Outcome::answered, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "b", Progress::over, Outcome::busy, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "c", Progress::over, {}, {}, {}}));  // why, its record will say
    using News = std::tuple<std::string, Progress, Outcome>;
    EXPECT_EQ(follower.heard, (std::vector<News>{{"a", Progress::ringing, Outcome::answered},
                                                 {"a", Progress::talking, Outcome::answered},
                                                 {"a", Progress::over, Outcome::answered},
                                                 {"b", Progress::over, Outcome::busy}}));
}

TEST_F(CallsServiceTest, K2_TellsOfACallThatIsOverOnceAndByWhatSaysMost) {
    service.use(follower);
    auto const part = [](std::string call, CallPart which, Outcome outcome) {
        auto one = timed("2026-03-04T12:00:00Z", {}, "2026-03-04T12:01:10Z", outcome);
        one.source_call_id = std::move(call);
        one.part = std::move(which);
        return one;
    };
    ingest(part("c1", {"1", Leg::any}, Outcome::no_answer), part("c1", {"2", Leg::any}, Outcome::answered),
           part("c1", {"3", Leg::any}, Outcome::busy),
           part("c2", {"b", Leg::terminating}, Outcome::busy),  // the first leg is yet to come
           Result<CallRecord>{Error{Errc::invalid, "x", "outcome"}});
    using News = std::tuple<std::string, Progress, Outcome>;
    EXPECT_EQ(follower.heard, (std::vector<News>{{"c1", Progress::over, Outcome::answered}}));
}

TEST_F(CallsServiceTest, K2_LetsTheSwitchTellAgainWhenWhoeverFollowsCouldNotHearIt) {
    service.use(follower);
    follower.answer = Error{Errc::exhausted, "busy"};
    EXPECT_FALSE(tell({SwitchId::nil(), "a", Progress::talking, {}, {}, {}}));
    IngestCalls batch{SwitchId::nil(), {}};
    batch.records.push_back(record());
    EXPECT_FALSE(
        run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()), std::move(batch))));
}

}  // namespace
}  // namespace samtal::calls
