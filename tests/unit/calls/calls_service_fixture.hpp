#pragma once

#include "calls/calls_service.hpp"
#include "keys.hpp"
#include "samtal/consent/gate.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace samtal::calls {

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
    static Timestamp at(char const* text) { return parse_rfc3339(text).value(); }
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
        return testing::run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()),
                                           std::move(batch)))
            .value();
    }
    Result<void> tell(CallEvent event) {
        std::vector<CallEvent> events;
        events.push_back(std::move(event));
        return testing::run(
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

}  // namespace samtal::calls
