#include "calls_test_base.hpp"

namespace samtal::calls {
namespace {

/// Calls that come in parts: legs, and attempts.
class CallPartsTest : public CallsDatabaseTest {
protected:
    static PendingCall part(std::string id, Leg leg, Call const& reported) {
        return {"call", {std::move(id), leg}, reported};
    }
    PendingCall a(Outcome outcome = Outcome::answered) const {
        return part("a", Leg::originating, call(anna_number, bo_number, "2026-03-04T12:00:00Z", outcome));
    }
    PendingCall b(Outcome outcome = Outcome::answered) const {
        return part("b", Leg::terminating, call(anna_number, bo_number, "2026-03-04T12:00:05Z", outcome));
    }
    std::vector<std::string> outcomes_of(Principal const& who) {
        auto const permit = this->permit<purpose::CallHistory>(who);
        std::vector<std::string> outcomes;
        auto const page = testing::run(history.page(permit, {{}, {}, {}, 200})).value();
        for (auto const& item : page.items)
            outcomes.push_back(fmt::format("{} {}", rfc3339(item.times.open(permit).started_at).substr(17, 2),
                                           name_of(item.outcome)));
        return outcomes;
    }

    Principal anna = owner(anna_number);
    Principal bo = owner(bo_number);
};

TEST_F(CallPartsTest, AreOneCallWhicheverComesFirst) {
    for (bool const forwards : {true, false}) {
        auto const first = forwards ? store(a()) : store(b());
        EXPECT_EQ(first[0]->owners.size(), 2U);
        auto const second = forwards ? store(b(Outcome::no_answer)) : store(a());
        EXPECT_EQ(second[0]->standing, Standing::fresh);
        EXPECT_TRUE(second[0]->owners.empty()) << "they had the call already";
        EXPECT_EQ(outcomes_of(anna), Lines{"00 answered"}) << "their own leg";
        EXPECT_EQ(outcomes_of(bo), Lines{forwards ? "05 no_answer" : "05 answered"});
        test.admin("DELETE FROM calls; DELETE FROM call_receipts");
    }
}

TEST_F(CallPartsTest, AreOneCallInOneBatchToo) {
    auto const stored = store(b(Outcome::no_answer), a());
    EXPECT_EQ(stored[0]->owners.size() + stored[1]->owners.size(), 2U);
    EXPECT_EQ(outcomes_of(anna), Lines{"00 answered"});
    EXPECT_EQ(outcomes_of(bo), Lines{"05 no_answer"});
}

TEST_F(CallPartsTest, ShowTheAttemptThatWasAnswered) {
    store(part("1", Leg::any, call(anna_number, bo_number, "2026-03-04T12:00:00Z", Outcome::busy)));
    store(part("2", Leg::any, call(anna_number, bo_number, "2026-03-04T12:00:30Z")));
    store(part("3", Leg::any, call(anna_number, bo_number, "2026-03-04T12:00:50Z", Outcome::no_answer)));
    EXPECT_EQ(outcomes_of(anna), Lines{"30 answered"});
    EXPECT_EQ(outcomes_of(bo), Lines{"30 answered"});
}

TEST_F(CallPartsTest, AreCorrectedOneByOne) {
    store(a(), b());
    auto const corrected = store(b(Outcome::busy));
    EXPECT_EQ(corrected[0]->standing, Standing::changed);
    EXPECT_EQ(outcomes_of(bo), Lines{"05 busy"});
    EXPECT_EQ(outcomes_of(anna), Lines{"00 answered"});
    EXPECT_EQ(store(b(Outcome::busy))[0]->standing, Standing::same);
}

TEST_F(CallPartsTest, LeaveTheWrongPersonsHistory) {
    auto const cecilia = owner("+46701740607");
    store(a(), b());
    store(part("b", Leg::terminating, call(anna_number, "+46701740607", "2026-03-04T12:00:05Z")));
    EXPECT_TRUE(history_of(bo).empty());
    EXPECT_EQ(history_of(cecilia).size(), 1U);
    EXPECT_EQ(history_of(anna).size(), 1U);
}

TEST_F(CallPartsTest, AreOneCallWhenTheyComeAtOnce) {
    auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
    boost::asio::io_context loop;
    std::vector<std::vector<PendingCall>> posts;
    for (int n = 0; n < 10; ++n)
        for (auto const& leg : {a(), b()}) {
            posts.push_back({leg});
            posts.back().front().source_call_id += std::to_string(n);
        }
    std::size_t owners = 0;
    for (auto const& post : posts)
        boost::asio::co_spawn(loop, intake.store(permit, switch_id, post),
                              [&](std::exception_ptr failure, std::vector<Result<StoredCall>> const& results) {
                                  EXPECT_FALSE(failure);
                                  EXPECT_TRUE(results.at(0)) << "refused";
                                  if (results.at(0)) owners += results.at(0)->owners.size();
                              });
    loop.run();
    EXPECT_EQ(owners, 20U);
    EXPECT_EQ(history_of(anna).size(), 10U);
    EXPECT_EQ(outcomes_of(bo), Lines(10, "05 answered"));
}

}  // namespace
}  // namespace samtal::calls
