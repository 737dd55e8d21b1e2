#include "delivery/peers.hpp"

#include <boost/uuid/random_generator.hpp>

#include <gtest/gtest.h>

namespace samtal::delivery {
namespace {

using namespace std::chrono_literals;

class PeersTest : public ::testing::Test {
protected:
    bool hear(std::uint64_t first, std::size_t count = 0) {
        Packet packet{other, first, {}};
        packet.items.assign(count, Changed{SessionId::nil()});
        return peers.hear(packet, now);
    }
    bool trouble() { return peers.look(alive, now).trouble; }

    boost::uuids::uuid const other = boost::uuids::random_generator{}();
    std::vector<boost::uuids::uuid> alive{other};
    std::chrono::steady_clock::time_point now{std::chrono::hours{1}};
    Peers peers;
};

TEST_F(PeersTest, InStepAreNoTrouble) {
    for (std::uint64_t n = 0; n < 20; n += 2) {
        EXPECT_TRUE(hear(n, 2));
        EXPECT_FALSE(trouble());
        now += 900ms;
    }
}

TEST_F(PeersTest, AreMissedWhenItemsWentMissing) {
    hear(0, 2);
    EXPECT_FALSE(trouble());
    hear(3, 1);
    EXPECT_TRUE(trouble());
    EXPECT_FALSE(trouble());  // said once
    hear(9);                  // a beat that is ahead: the last ones are missing
    EXPECT_TRUE(trouble());
}

TEST_F(PeersTest, AreMissedWhenTheyFallSilent) {
    hear(0, 1);
    EXPECT_FALSE(trouble());
    now += 1'001ms;
    EXPECT_TRUE(trouble());
    EXPECT_TRUE(trouble());  // as long as it is
    hear(1);
    EXPECT_FALSE(trouble());
}

TEST_F(PeersTest, AreMissedOnceWhenTheirLeaseEnds) {
    hear(0, 1);
    EXPECT_FALSE(trouble());
    alive.clear();
    auto const news = peers.look(alive, now);
    EXPECT_TRUE(news.trouble);
    EXPECT_EQ(news.gone, std::vector{other});
    EXPECT_FALSE(trouble());
}

TEST_F(PeersTest, HaveASecondToSayTheirFirstWord) {
    EXPECT_FALSE(trouble());
    now += 1'001ms;
    EXPECT_TRUE(trouble());
}

TEST_F(PeersTest, AreNotHeardTwice) {
    EXPECT_TRUE(hear(5, 2));
    EXPECT_FALSE(hear(5, 2));
    EXPECT_FALSE(hear(6, 1));
    EXPECT_TRUE(hear(7, 1));
}

}  // namespace
}  // namespace samtal::delivery
