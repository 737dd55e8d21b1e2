#include "samtal/gateway/sockets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/uuid/random_generator.hpp>

#include <gtest/gtest.h>

namespace samtal::gateway {
namespace {

template <class SomeId>
SomeId fresh() {
    return SomeId{boost::uuids::random_generator{}()};
}

class Listening final : public net::Socket {
public:
    void push(net::SharedText text) override { got.push_back(*text); }
    void close(net::CloseCode code) override { closed = code; }
    [[nodiscard]] boost::asio::any_io_executor executor() const override { return loop_.get_executor(); }
    Task<bool> drained() override { co_return true; }

    std::vector<std::string> got;
    std::optional<net::CloseCode> closed;

private:
    mutable boost::asio::io_context loop_;
};

class SocketsTest : public ::testing::Test {
protected:
    SocketsTest() { sockets.add(who, socket); }
    void push(Place place) {
        auto const frame = std::make_shared<std::string const>(
            place.seq > 0 ? "message " + std::to_string(place.seq) : "change " + std::to_string(place.change));
        sockets.push_event(who.organisation, std::vector{who.user}, room, place, frame);
    }

    Principal const who{fresh<OrganisationId>(), fresh<UserId>(), fresh<SessionId>()};
    ConversationId const room = fresh<ConversationId>();
    std::shared_ptr<Listening> socket = std::make_shared<Listening>();
    Sockets sockets;
};

TEST_F(SocketsTest, HoldWhatComesWhileAClientCatchesUpAndDropWhatItHas) {
    sockets.hold(who.user, socket.get(), room);
    push({.seq = 4});
    push({.seq = 5});
    push({.change = 2});
    push({.change = 3});
    EXPECT_TRUE(socket->got.empty());
    sockets.release(who.user, socket.get(), room, Place{4, 2});
    EXPECT_EQ(socket->got, (std::vector<std::string>{"message 5", "change 3"}));
}

TEST_F(SocketsTest, DropWhatWasCommittedBeforeACatchUpAndIsToldAfter) {
    sockets.hold(who.user, socket.get(), room);
    sockets.release(who.user, socket.get(), room, Place{4, 2});
    push({.seq = 3});
    push({.seq = 4});
    push({.change = 2});
    push({.seq = 5});
    push({.change = 3});
    EXPECT_EQ(socket->got, (std::vector<std::string>{"message 5", "change 3"}));
    sockets.push_event(who.organisation, std::vector{who.user}, fresh<ConversationId>(), {.seq = 1},
                       std::make_shared<std::string const>("elsewhere"));
    EXPECT_EQ(socket->got.back(), "elsewhere");
}

TEST_F(SocketsTest, AreAllClosedWhenTheServerIsOfNoUse) {
    sockets.close_all(net::CloseCode::going_away);
    EXPECT_EQ(socket->closed, net::CloseCode::going_away);
}

}  // namespace
}  // namespace samtal::gateway
