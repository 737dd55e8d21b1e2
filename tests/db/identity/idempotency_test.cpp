#include "identity_fixture.hpp"

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;
using Earlier = gateway::IdempotencyStore::Earlier;

class IdempotencyTest : public IdentityTest {
protected:
    Result<std::optional<Earlier>> begin(Principal const& who, std::string const& key,
                                         std::string const& body = "{}") {
        return testing::run(room->idempotency().begin(who, "/v1/things", key, body));
    }
    void finish(Principal const& who, std::string const& key, std::optional<Earlier> answer) {
        boost::asio::io_context loop;
        boost::asio::co_spawn(loop, room->idempotency().finish(who, "/v1/things", key, std::move(answer)),
                              [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
        loop.run();
    }

    Principal const anna = person_in(organisation);
    Principal const bo = person_in(organisation);
};

TEST_F(IdempotencyTest, RepeatsTheFirstAnswer) {
    ASSERT_FALSE(begin(anna, "k").value());
    finish(anna, "k", Earlier{201, R"({"id":"1"})"});
    auto const again = begin(anna, "k").value();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->status, 201);
    EXPECT_EQ(again->json, R"({"id":"1"})");
}

TEST_F(IdempotencyTest, RefusesAnotherBodyAndAnotherRequestMeanwhile) {
    ASSERT_FALSE(begin(anna, "k").value());
    EXPECT_EQ(begin(anna, "k").error().problem.text(), "in-progress");
    EXPECT_EQ(begin(anna, "k", "{ }").error().problem.text(), "idempotency-key-reused");
}

TEST_F(IdempotencyTest, KeepsKeysOfPeopleApart) {
    ASSERT_FALSE(begin(anna, "k").value());
    EXPECT_FALSE(begin(bo, "k", "other").value());
}

TEST_F(IdempotencyTest, ForgetsAFailedRequest) {
    ASSERT_FALSE(begin(anna, "k").value());
    finish(anna, "k", std::nullopt);
    EXPECT_FALSE(begin(anna, "k", "better").value());
}

TEST_F(IdempotencyTest, GivesAnAbandonedKeyFreeAndForgetsAfterADay) {
    ASSERT_FALSE(begin(anna, "abandoned").value());
    ASSERT_FALSE(begin(anna, "done").value());
    finish(anna, "done", Earlier{201, "{}"});
    now += 2min;
    EXPECT_FALSE(begin(anna, "abandoned").value());
    EXPECT_TRUE(begin(anna, "done").value());
    now += 24h;
    EXPECT_FALSE(begin(anna, "done").value());
}

TEST_F(IdempotencyTest, LetsOneOfManyParallelUsesGoOn) {
    std::vector<Task<Result<std::optional<Earlier>>>> tries;
    for (int n = 0; n < 50; ++n) tries.push_back(room->idempotency().begin(anna, "/v1/things", "k", "{}"));
    int first = 0;
    for (auto const& begun : run_all(std::move(tries))) first += begun ? 1 : 0;
    EXPECT_EQ(first, 1);
}

}  // namespace
}  // namespace samtal::identity
