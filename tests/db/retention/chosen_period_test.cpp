#include "retention_fixture.hpp"

namespace samtal::retention {
namespace {

using namespace std::chrono_literals;

/// Organisations that keep their chat for a time of their own.
class ChosenPeriodTest : public RetentionDatabaseTest {
protected:
    void choose(std::string const& period) {
        test.admin(fmt::format("UPDATE organisations SET chat_retention = '{}' WHERE organisation_id = '{}'",
                               period, organisation.text()));
    }
};

TEST_F(ChosenPeriodTest, I1_CountsMonthsLikeTheRegistersPeriodAndMovesTheFront) {
    auto const who = person();
    auto const place = conversation(who), other = conversation(who);
    for (auto const* sent : {"2024-01-29T10:00:00Z", "2024-01-30T10:00:00Z", "2024-01-31T10:00:00Z",
                             "2024-02-01T10:00:00Z", "2024-02-29T10:00:00Z"})
        say(place, who, at(sent));
    say(other, who, at("2024-02-29T10:00:00Z"));
    choose("1 month");
    EXPECT_EQ(due(at("2024-02-29T09:59:59Z")).at("messages_of_choice"), 0);
    run(at("2024-02-29T10:00:00Z"));
    EXPECT_EQ(state_of(place), "4/5: 4 5") << "the 29th to the 31st end on a leap day";
    run(at("2024-03-01T10:00:00Z"));
    EXPECT_EQ(state_of(place), "5/5: 5");
    run(at("2024-03-29T09:59:59Z"));
    EXPECT_EQ(state_of(other), "1/1: 1");
    run(at("2024-03-29T10:00:00Z"));
    EXPECT_EQ(state_of(place), "6/5: none");
    EXPECT_EQ(state_of(other), "2/1: none");
}

TEST_F(ChosenPeriodTest, I1_NeverKeepsLongerThanTheRegisterAndCountsARowOnce) {
    auto const who = person();
    auto const place = conversation(who);
    for (int n = 0; n < 7; ++n) say(place, who, at("2024-01-31T10:00:00Z") + n * 1s);
    choose("10 years");
    auto const said = due(at("2025-01-31T12:00:00Z"));
    EXPECT_EQ(said.at("messages_of_choice"), 7);
    EXPECT_EQ(said.at("messages"), 0);
    EXPECT_EQ(run(at("2025-01-31T12:00:00Z")), said);
    EXPECT_EQ(state_of(place), "8/7: none");
}

}  // namespace
}  // namespace samtal::retention
