#include "samtal/presence/presence.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "support/fake_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samtal::presence {
namespace {

using ::testing::ElementsAre;
using testing::FakeSocket;
using ::testing::IsEmpty;

template <class SomeId>
SomeId fresh() {
    return SomeId{uuid_v7(std::chrono::system_clock::now())};
}

class PresenceTest : public ::testing::Test {
protected:
    static Principal person() { return {fresh<OrganisationId>(), fresh<UserId>(), fresh<SessionId>()}; }
    std::shared_ptr<FakeSocket> watcher_of(std::vector<UserId> const& users) {
        auto socket = std::make_shared<FakeSocket>();
        here.opened(eyes);
        here.watch(socket, users);
        return socket;
    }

    Presence here;
    Principal const anna = person();
    Principal const bo = person();
    Principal const eyes = person();
};

TEST_F(PresenceTest, B3_ShowsOneStateForAllDevicesUntilTheLastIsGone) {
    auto const watcher = watcher_of({anna.user});
    FakeSocket const first, second;
    here.opened(anna);
    here.opened(anna);
    here.choose(anna.user, State::busy);
    here.closed(anna, &first);
    here.closed(anna, &second);
    EXPECT_THAT(watcher->told("state"), ElementsAre("available", "busy", "offline"));
}

TEST_F(PresenceTest, B3_TellsNobodyTwiceWhatTheyKnow) {
    here.opened(anna);
    auto const watcher = watcher_of({anna.user});
    here.choose(anna.user, State::available);
    here.choose(anna.user, State::offline);  // invisible
    here.closed(anna, nullptr);
    EXPECT_THAT(watcher->told("state"), ElementsAre("available", "offline"));
}

TEST_F(PresenceTest, B3_ForgetsTheChoiceWithTheLastDevice) {
    here.opened(anna);
    here.choose(anna.user, State::away);
    here.closed(anna, nullptr);
    here.opened(anna);
    EXPECT_THAT(watcher_of({anna.user})->told("state"), ElementsAre("available"));
}

TEST_F(PresenceTest, B3_WatchesWhomItWasLastAskedToAndNobodyAfterTheEnd) {
    auto const watcher = watcher_of({anna.user});
    here.watch(watcher, {bo.user});
    here.opened(anna);
    EXPECT_THAT(watcher->frames, IsEmpty());
    here.closed(eyes, watcher.get());
    here.opened(bo);
    EXPECT_THAT(watcher->frames, IsEmpty());
    EXPECT_EQ(watcher.use_count(), 1);  // nothing keeps a closed socket
}

TEST_F(PresenceTest, B3_AgreesWithOtherServers) {
    Presence there;
    here.use([&there](Sighting const& seen) { there.heard("here", seen); });
    there.use([this](Sighting const& seen) { here.heard("there", seen); });
    auto const watcher = std::make_shared<FakeSocket>();
    there.watch(watcher, {anna.user});
    here.opened(anna);
    here.choose(anna.user, State::busy);
    there.opened(anna);
    here.closed(anna, nullptr);  // still there
    EXPECT_THAT(watcher->told("state"), ElementsAre("available", "busy"));
    there.closed(anna, nullptr);
    EXPECT_THAT(watcher->told("state"), ElementsAre("available", "busy", "offline"));
}

TEST_F(PresenceTest, B3_ForgetsWhoWasAtAServerThatIsLostAndHearsOfThemAgain) {
    Presence there;
    here.opened(anna);
    here.choose(anna.user, State::away);
    here.use([&there](Sighting const& seen) { there.heard("here", seen); });
    here.report();
    auto const watcher = std::make_shared<FakeSocket>();
    there.watch(watcher, {anna.user, bo.user});
    there.lost("here");
    here.report();
    EXPECT_THAT(watcher->told("state"), ElementsAre("away", "offline", "away"));
}

}  // namespace
}  // namespace samtal::presence
