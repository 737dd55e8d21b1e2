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
        here.watch(socket, eyes.user, users);
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
    here.watch(watcher, eyes.user, {bo.user});
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
    there.watch(watcher, eyes.user, {anna.user});
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
    there.watch(watcher, eyes.user, {anna.user, bo.user});
    there.lost("here");
    here.report();
    EXPECT_THAT(watcher->told("state"), ElementsAre("away", "offline", "away"));
}

class CallsSeenTest : public PresenceTest {
protected:
    CallsSeenTest() {
        here.opened(anna);
        colleague = watcher_of({anna.user});
        own = std::make_shared<FakeSocket>();
        here.watch(own, anna.user, {anna.user});
    }
    /// What they were told since the last time: "busy!" is a call.
    static std::vector<std::string> news(std::shared_ptr<FakeSocket> const& socket) {
        std::vector<std::string> looks;
        for (auto const& frame : std::exchange(socket->frames, {}))
            looks.push_back(frame.at("state").get<std::string>() + (frame.contains("on_a_call") ? "!" : ""));
        return looks;
    }

    std::shared_ptr<FakeSocket> colleague, own;
};

TEST_F(CallsSeenTest, E1_AreSeenOnlyByOnesOwnDevicesUnlessShown) {
    news(colleague);
    news(own);
    here.call(anna.user, OnACall::hidden);
    EXPECT_THAT(news(colleague), IsEmpty());
    EXPECT_THAT(news(own), ElementsAre("available!"));
    here.choose(anna.user, State::away);
    EXPECT_THAT(news(colleague), ElementsAre("away"));
    EXPECT_THAT(news(own), ElementsAre("away!"));
    here.call(anna.user, OnACall::no);
    EXPECT_THAT(news(colleague), IsEmpty());
    EXPECT_THAT(news(own), ElementsAre("away"));
}

TEST_F(CallsSeenTest, E1_LookBusyWhileTheyAreShown) {
    here.choose(anna.user, State::away);
    news(colleague);
    here.call(anna.user, OnACall::hidden);
    here.call(anna.user, OnACall::shown);
    EXPECT_THAT(news(colleague), ElementsAre("busy!"));
    EXPECT_THAT(news(watcher_of({anna.user})), ElementsAre("busy!"));
    here.call(anna.user, OnACall::hidden);
    EXPECT_THAT(news(colleague), ElementsAre("away"));
    here.call(anna.user, OnACall::shown);
    here.call(anna.user, OnACall::no);
    EXPECT_THAT(news(colleague), ElementsAre("busy!", "away"));
}

TEST_F(CallsSeenTest, E1_KeepNoChoiceAfterTheLastDevice) {
    here.choose(anna.user, State::away);
    here.call(anna.user, OnACall::shown);
    here.closed(anna, nullptr);
    here.opened(anna);
    here.call(anna.user, OnACall::no);
    EXPECT_THAT(news(colleague), ElementsAre("available", "away", "busy!", "offline", "busy!", "available"));
}

TEST_F(CallsSeenTest, E1_AreNotSeenOfWhoIsNotThereOrInvisible) {
    here.call(anna.user, OnACall::shown);
    here.choose(anna.user, State::offline);
    EXPECT_THAT(news(colleague), ElementsAre("available", "busy!", "offline"));
    EXPECT_THAT(news(own), ElementsAre("available", "busy!", "offline!"));
    here.closed(anna, nullptr);
    EXPECT_THAT(news(colleague), IsEmpty());
    here.call(bo.user, OnACall::shown);
    EXPECT_THAT(news(watcher_of({anna.user, bo.user})), IsEmpty());
    here.opened(bo);  // in the middle of a call
    EXPECT_THAT(news(watcher_of({bo.user})), ElementsAre("busy!"));
}

}  // namespace
}  // namespace samtal::presence
