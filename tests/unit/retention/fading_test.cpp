#include "retention/fading_steps.hpp"
#include "retention/retention_service.hpp"
#include "samtal/consent/gate.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace samtal::retention {
namespace {

std::vector<std::string> written(std::vector<FadingStep> const& steps) {
    std::vector<std::string> lines;
    for (FadingStep const& step : steps)
        lines.push_back(step.category + " " + step.duration + " " + step.next + " " + step.lag);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(FadingSteps, E1_AreTheRegistersTheLastFirst) {
    EXPECT_EQ(written(fading_steps(processing::built_in())),
              (Lines{"calls P90D P90D P1D", "calls_token P60D P90D P1D", "calls_masked P30D P60D P1D"}));
}

TEST(FadingSteps, I1_FollowPeriodsThatChangeAndStepsThatGo) {
    auto in_force = processing::built_in();
    auto const history = std::ranges::find(in_force.purposes, "call_history", &processing::PurposeEntry::name);
    history->retention.duration = "P2M";
    std::erase_if(history->retention.steps, [](auto const& step) { return step.of == "token"; });
    EXPECT_EQ(written(fading_steps(in_force)), (Lines{"calls P2M P2M P1D", "calls_masked P30D P2M P1D"}));
    std::erase_if(in_force.purposes, [](auto const& purpose) { return purpose.name == "call_history"; });
    EXPECT_TRUE(fading_steps(in_force).empty());
}

/// So many rows of each organisation, all in one stage.
class SomeCalls final : public FadingRepository {
public:
    Task<Result<std::vector<FadingRows>>> due(RetentionPermit const&, FadingStep const& step, Timestamp,
                                              bool) override {
        std::vector<FadingRows> found;
        for (auto const rows : left[step.category])
            if (rows > 0) found.push_back({OrganisationId::nil(), "full", rows});
        co_return found;
    }
    Task<Result<Batch>> fade_batch(RetentionPermit const&, FadingStep const& step, FadingRows const& rows,
                                   Timestamp, Timestamp beginning, unsigned most) override {
        asked.push_back(step.category + " " + std::to_string(rows.rows) + " " + std::to_string(most));
        auto& of_it = left[step.category];
        auto const now = std::min<std::int64_t>(of_it.empty() ? 0 : of_it.front(), most);
        if (!of_it.empty() && (of_it.front() -= now) == 0 && now < static_cast<std::int64_t>(most))
            of_it.erase(of_it.begin());
        if (stop_after == asked.size()) service->stop();
        co_return Batch{now, beginning + std::chrono::seconds{1}};
    }

    std::map<std::string, std::vector<std::int64_t>> left;
    std::vector<std::string> asked;
    std::size_t stop_after = 0;
    RetentionService* service = nullptr;
};

class NoRows final : public RetentionRepository {
public:
    Task<Result<std::int64_t>> count(RetentionPermit const&, Rule const&, Timestamp, bool) override {
        co_return 0;
    }
    Task<Result<Batch>> delete_batch(RetentionPermit const&, Rule const&, Timestamp, Timestamp,
                                     unsigned) override {
        co_return Batch{};
    }
    Task<Result<bool>> begin(RetentionPermit const&, Run const&, Timestamp, Timestamp) override { co_return true; }
    Task<Result<void>> end(RetentionPermit const&, Run const&, Counts const&, Timestamp) override {
        co_return Result<void>{};
    }
    Task<Result<std::vector<Report>>> reports(RetentionPermit const&, unsigned) override {
        co_return std::vector<Report>{};
    }
};

class FadingServiceTest : public ::testing::Test {
protected:
    FadingServiceTest() { calls.service = &service; }

    consent::Gate gate;
    RetentionPermit job = gate.permit_machine<purpose::Retention>(OrganisationId::nil());
    NoRows rows;
    SomeCalls calls;
    RetentionService service{rows,
                             [] { return std::vector<Rule>{}; },
                             {std::chrono::minutes{60}, 3, 1},
                             system_now,
                             {&calls, [] { return fading_steps(processing::built_in()); }}};
};

TEST_F(FadingServiceTest, E1_GoesStepByStepOrganisationByOrganisationInBoundedBatches) {
    calls.left = {{"calls", {4, 1}}, {"calls_masked", {2}}};
    EXPECT_EQ(testing::run(service.due(job, system_now())).value(),
              (Counts{{"calls", 5}, {"calls_token", 0}, {"calls_masked", 2}}));
    EXPECT_EQ(testing::run(service.run(job, RunKind::manual, system_now())).value().value(),
              (Counts{{"calls", 5}, {"calls_token", 0}, {"calls_masked", 2}}));
    EXPECT_EQ(calls.asked, (Lines{"calls 4 3", "calls 4 3", "calls 1 3", "calls_masked 2 3"}));
}

TEST_F(FadingServiceTest, E1_EndsAfterTheCurrentBatchWhenTheServerStops) {
    calls.left = {{"calls", {100}}};
    calls.stop_after = 2;
    EXPECT_EQ(testing::run(service.run(job, RunKind::manual, system_now())).error().code, Errc::exhausted);
    EXPECT_EQ(calls.asked.size(), 2U);
}

}  // namespace
}  // namespace samtal::retention
