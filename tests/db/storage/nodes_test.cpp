#include "samtal/storage/nodes.hpp"

#include "key_store_fixture.hpp"

#include <mutex>
#include <vector>

namespace samtal::storage {
namespace {

using namespace std::chrono_literals;

class NodesTest : public KeyStoreTest {
protected:
    /// A server, and what it heard.
    struct Server {
        Server(LoginOptions const& login, KeyRing const& ring) : keys{make_pg_node_keys(login, ring)} {
            keys->nodes().listen({.heard =
                                      [this](std::string_view notice) {
                                          std::scoped_lock const lock{mutex};
                                          heard.emplace_back(notice);
                                      },
                                  .missed = [this] { ++missed; }});
        }
        std::vector<std::string> said() {
            std::scoped_lock const lock{mutex};
            return heard;
        }
        std::mutex mutex;
        std::vector<std::string> heard;
        std::atomic<int> missed = 0;
        std::unique_ptr<NodeKeys> keys;
    };
    std::unique_ptr<Server> node() { return std::make_unique<Server>(test.keystore, test.ring); }
    static std::string notice(char c) { return std::string(64, c); }
    static bool sees(Server& a, Server& b) {
        return eventually([&] {
            auto const others = a.keys->nodes().others();
            return std::ranges::find(others, b.keys->nodes().id()) != others.end();
        });
    }
};

TEST_F(NodesTest, SeeEachOtherWhileTheyHoldALease) {
    auto a = node();
    auto b = node();
    EXPECT_TRUE(sees(*a, *b));
    EXPECT_TRUE(sees(*b, *a));
    EXPECT_TRUE(b->keys->nodes().holds_lease());
    auto const gone = b->keys->nodes().id();
    b.reset();
    EXPECT_TRUE(eventually([&] {
        auto const others = a->keys->nodes().others();
        return std::ranges::find(others, gone) == others.end();
    }));
}

TEST_F(NodesTest, HaveAllHeardWhenTheTellerGoesOn) {
    auto a = node();
    auto b = node();
    ASSERT_TRUE(sees(*a, *b) && sees(*b, *a));
    std::vector<std::string> told;
    for (char c = 'a'; c <= 'z'; ++c) {
        told.push_back(notice(c));
        auto const began = Clock::now();
        a->keys->nodes().tell(std::vector{told.back()});
        EXPECT_LT(Clock::now() - began, 2s);
        EXPECT_EQ(b->said(), told) << c;
    }
    a->keys->nodes().tell(std::vector{notice('1'), notice('2')});
    EXPECT_EQ(b->said().size(), told.size() + 2);
    EXPECT_EQ(b->missed + a->missed, 0);
}

TEST_F(NodesTest, ThatCannotRenewHoldNothingUpForLong) {
    auto a = node();
    ask("INSERT INTO nodes (node_id, lease_until, known_epoch, generation) VALUES (gen_random_uuid(), now() + "
        "interval '1 minute', 1, -1)");
    auto const began = Clock::now();
    a->keys->nodes().tell(std::vector{notice('x')});
    auto const took = Clock::now() - began;
    EXPECT_GT(took, 900ms);  // a lease
    EXPECT_LT(took, 3s);
    ask("DELETE FROM nodes WHERE lease_until > now() + interval '10 seconds'");
}

TEST_F(NodesTest, LeaveNoNoticeBehind) {
    auto a = node();
    ASSERT_TRUE(eventually([&] { return a->keys->nodes().holds_lease(); }));
    a->keys->nodes().tell(std::vector{notice('x')});
    ask("UPDATE node_notices SET said_at = said_at - interval '2 minutes'");
    a->keys->nodes().tell(std::vector{notice('y')});
    EXPECT_EQ(number("SELECT count(*)::int FROM node_notices"), 1);
}

}  // namespace
}  // namespace samtal::storage
