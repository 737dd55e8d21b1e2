#include "samtal/gateway/sockets.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "support/fake_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samtal::gateway {
namespace {

using ::testing::ElementsAre;
using testing::FakeSocket;
using ::testing::IsEmpty;

template <class SomeId>
SomeId fresh() {
    return SomeId{uuid_v7(std::chrono::system_clock::now())};
}

class SocketsTest : public ::testing::Test {
protected:
    SocketsTest() { sockets.add(who, socket); }

    void event(char const* name, Place step, ConversationId where) {
        sockets.push_event(who.organisation, std::span{&who.user, 1}, where, step,
                           std::make_shared<std::string const>(std::string{R"({"n":")"} + name + R"("})"));
    }

    Sockets sockets;
    std::shared_ptr<FakeSocket> const socket = std::make_shared<FakeSocket>();
    Principal const who{fresh<OrganisationId>(), fresh<UserId>(), fresh<SessionId>()};
    ConversationId const place = fresh<ConversationId>();
};

TEST_F(SocketsTest, B3_HoldsEventsOfAConversationAndReleasesThoseBeyondWhatWasReached) {
    sockets.hold(who.user, socket.get(), place);
    event("old message", {.seq = 4}, place);
    event("old edit", {.change = 2}, place);
    event("new message", {.seq = 5}, place);
    event("new edit", {.change = 3}, place);
    event("elsewhere", {.seq = 1}, fresh<ConversationId>());
    EXPECT_THAT(socket->told("n"), ElementsAre("elsewhere"));
    sockets.release(who.user, socket.get(), place, Place{4, 2});
    event("live", {.seq = 6}, place);
    EXPECT_THAT(socket->told("n"), ElementsAre("elsewhere", "new message", "new edit", "live"));
}

TEST_F(SocketsTest, B3_DropsEventsWhileTheClientHasToAskForMore) {
    sockets.hold(who.user, socket.get(), place);
    event("while it asked", {.seq = 1'500}, place);
    sockets.suspend(who.user, socket.get(), place);
    event("between", {.seq = 1'501}, place);
    sockets.hold(who.user, socket.get(), place);
    event("while it asked again", {.seq = 1'502}, place);
    EXPECT_THAT(socket->frames, IsEmpty());
    sockets.release(who.user, socket.get(), place, Place{1'501, 0});
    EXPECT_THAT(socket->told("n"), ElementsAre("while it asked again"));
}

TEST_F(SocketsTest, B3_KnowsWhoHasAConversationUntilTheyAreToldToDropIt) {
    auto const other = std::make_shared<FakeSocket>();
    Principal const stranger{who.organisation, fresh<UserId>(), fresh<SessionId>()};
    sockets.add(stranger, other);
    sockets.keep(who.user, socket.get(), place);
    sockets.keep(who.user, socket.get(), place);
    sockets.keep(who.user, socket.get(), fresh<ConversationId>());
    EXPECT_THAT(sockets.who_have(place), ElementsAre(who.user));
    sockets.forget(std::span{&who.user, 1}, place);
    EXPECT_THAT(sockets.who_have(place), IsEmpty());
}

TEST_F(SocketsTest, B3_DropsWhatWaitsWhenItIsTooMuchAndSaysSo) {
    ConversationId const quiet = fresh<ConversationId>();
    sockets.hold(who.user, socket.get(), quiet);
    sockets.hold(who.user, socket.get(), place);
    std::string const large(8'000, 'x');
    for (std::int64_t seq = 1; seq <= 30; ++seq) event(large.c_str(), {.seq = seq}, place);
    EXPECT_FALSE(sockets.dropped(who.user, socket.get(), place));
    for (std::int64_t seq = 31; seq <= 40; ++seq) event(large.c_str(), {.seq = seq}, place);
    EXPECT_TRUE(sockets.dropped(who.user, socket.get(), place));
    event(large.c_str(), {.seq = 1}, quiet);
    EXPECT_FALSE(sockets.dropped(who.user, socket.get(), quiet)) << "there is room again";
    sockets.release(who.user, socket.get(), quiet, {});
    EXPECT_EQ(socket->frames.size(), 1U);
    EXPECT_EQ(socket->closed, std::nullopt);
    sockets.release(who.user, socket.get(), place, Place{.seq = 30});
    EXPECT_EQ(socket->closed, net::CloseCode::too_slow) << "something would be missing";
}

TEST_F(SocketsTest, B3_DropsWhatWasCommittedBeforeACatchUpAndIsToldAfter) {
    sockets.hold(who.user, socket.get(), place);
    sockets.release(who.user, socket.get(), place, Place{4, 2});
    event("in the sync", {.seq = 4}, place);
    event("edit in the sync", {.change = 2}, place);
    event("new message", {.seq = 5}, place);
    event("new edit", {.change = 3}, place);
    event("elsewhere", {.seq = 1}, fresh<ConversationId>());
    EXPECT_THAT(socket->told("n"), ElementsAre("new message", "new edit", "elsewhere"));
}

TEST_F(SocketsTest, AreAllClosedWhenTheServerIsOfNoUse) {
    sockets.close_all(net::CloseCode::going_away);
    EXPECT_EQ(socket->closed, net::CloseCode::going_away);
}

TEST_F(SocketsTest, TellsItsObserverOfEachSocketOnceEach) {
    struct Observer final : SocketObserver {
        void opened(Principal const&) override { ++came; }
        void closed(Principal const&, net::Socket const*) override { ++went; }
        int came = 0;
        int went = 0;
    } observer;
    sockets.observe(observer);
    auto const second = std::make_shared<FakeSocket>();
    sockets.add(who, second);
    sockets.end_session(who.user, who.session);  // it hears of the end when the connection is down
    EXPECT_EQ(observer.went, 0);
    sockets.remove(who, second.get());
    EXPECT_EQ(observer.came, 1);
    EXPECT_EQ(observer.went, 1);
}

}  // namespace
}  // namespace samtal::gateway
