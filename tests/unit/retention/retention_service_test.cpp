#include "retention/retention_service.hpp"

#include "retention/retention_codec.hpp"
#include "samtal/consent/gate.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace samtal::retention {
namespace {

/// So many rows of each category, and what was asked of them.
class CountedRows final : public RetentionRepository {
public:
    Task<Result<std::int64_t>> count(RetentionPermit const&, Rule const& rule, Timestamp, bool) override {
        co_return left.at(rule.category);
    }
    Task<Result<Batch>> delete_batch(RetentionPermit const&, Rule const& rule, Timestamp, Timestamp beginning,
                                     unsigned most) override {
        asked.emplace_back(rule.category, most);
        starts.push_back(beginning);
        std::int64_t const now = std::min<std::int64_t>(left.at(rule.category), most);
        left[rule.category] -= now;
        if (stop_after == asked.size()) service->stop();
        co_return Batch{now, beginning + std::chrono::seconds{1}};
    }
    Task<Result<bool>> begin(RetentionPermit const&, Run const&, Timestamp, Timestamp) override { co_return mine; }
    Task<Result<void>> end(RetentionPermit const&, Run const&, Counts const& counts, Timestamp) override {
        reported = counts;
        co_return Result<void>{};
    }
    Task<Result<std::vector<Report>>> reports(RetentionPermit const&, unsigned) override {
        co_return std::vector<Report>{};
    }

    Counts left{{"calls", 2}, {"messages", 7}};
    std::vector<std::pair<std::string, unsigned>> asked;
    std::vector<Timestamp> starts;
    std::optional<Counts> reported;
    bool mine = true;
    std::size_t stop_after = 0;
    RetentionService* service = nullptr;
};

class RetentionServiceTest : public ::testing::Test {
protected:
    RetentionServiceTest() { rows.service = &service; }
    Result<std::optional<Counts>> run() {
        auto const permit = gate.permit_machine<purpose::Retention>(OrganisationId::nil());
        return testing::run(service.run(permit, RunKind::scheduled, system_now()));
    }

    consent::Gate gate;
    CountedRows rows;
    RetentionService service{
        rows,
        [] { return std::vector<Rule>{{"messages", "P12M", "P1D"}, {"calls", "P90D", "P1D"}}; },
        {std::chrono::minutes{60}, 3, 1},
        system_now};
};

TEST_F(RetentionServiceTest, DeletesInBoundedBatchesUntilNothingIsLeft) {
    EXPECT_EQ(run().value().value(), (Counts{{"calls", 2}, {"messages", 7}}));
    using Asked = std::vector<std::pair<std::string, unsigned>>;
    EXPECT_EQ(rows.asked, (Asked{{"messages", 3}, {"messages", 3}, {"messages", 3}, {"calls", 3}}));
    EXPECT_LT(rows.starts[0], rows.starts[1]) << "does not pass by the same held rows again";
    EXPECT_EQ(rows.reported, (Counts{{"calls", 2}, {"messages", 7}}));
}

TEST_F(RetentionServiceTest, LeavesTheTurnToAnotherServer) {
    rows.mine = false;
    EXPECT_FALSE(run().value().has_value());
    EXPECT_TRUE(rows.asked.empty());
}

TEST_F(RetentionServiceTest, EndsAfterTheCurrentBatchWhenTheServerStops) {
    rows.stop_after = 2;
    EXPECT_EQ(run().error().code, Errc::exhausted);
    EXPECT_EQ(rows.asked.size(), 2U);
    EXPECT_FALSE(rows.reported.has_value());
}

TEST(RetentionRules, AreReadFromTheRegistersText) {
    auto const rules =
        decode_rules(R"([{"category":"messages","purpose":"p","duration":"P12M","lag":"P1D","own":false}])");
    ASSERT_EQ(rules.size(), 1U);
    EXPECT_EQ(rules[0].category + rules[0].duration + rules[0].lag, "messagesP12MP1D");
}

TEST(RetentionRules, I1_FollowAPeriodThatChangesWhileTheServerRuns) {
    auto in_force = processing::built_in();
    for (auto& purpose : in_force.purposes)
        if (purpose.name == "chat_messaging") purpose.retention.duration = "P1M";
    auto const rules = with_periods_of(in_force, {{"messages", "P12M", "P1D", "chat_messaging", false},
                                                  {"receipts", "P90D", "P1D", "chat_messaging", true}});
    EXPECT_EQ(rules[0].duration, "P1M");
    EXPECT_EQ(rules[1].duration, "P90D");
}

}  // namespace
}  // namespace samtal::retention
