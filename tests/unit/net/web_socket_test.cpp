#include "unit/net/raw_client.hpp"
#include "unit/net/web_socket_fixture.hpp"

#include <boost/asio/write.hpp>

#include <atomic>
#include <thread>

namespace samtal::net::testing {
namespace {

TEST_F(WebSocketTest, AnswersFramesInOrderAndTellsItsHandlerOnceOfTheEnd) {
    auto& handler = connect();
    for (int n = 0; n < 100; ++n) client.write(asio::buffer(std::to_string(n)));
    for (int n = 0; n < 100; ++n) EXPECT_EQ(answer(), std::to_string(n));
    client.close(websocket::close_code::normal);
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(WebSocketTest, I5_IsAStrangersUntilItsHandlerKnowsWhoIsThere) {
    connect();
    EXPECT_EQ(ask("hello"), "hello");
    EXPECT_EQ(echo->server.strangers(), 1U);
    EXPECT_EQ(ask("it is me"), "it is me");
    EXPECT_EQ(echo->server.strangers(), 0U);
    client.close(websocket::close_code::normal);
    while (echo->server.connections() > 0) std::this_thread::yield();
    EXPECT_EQ(echo->server.strangers(), 0U);
}

// What is pushed between the client's close frame and the end has nowhere to go.
TEST_F(WebSocketTest, OutlivesPushesThatComeWhileItsClientCloses) {
    auto& handler = connect();
    auto const address = client.next_layer().remote_endpoint();
    for (int n = 0; n < 100; ++n) {
        websocket::stream<tcp::socket> one{loop};
        one.next_layer().connect(address);
        one.handshake("localhost", "/ws");
        std::atomic<bool> over = false;
        std::thread pusher{[&, socket = handler.socket()] {
            while (!over) socket->push(text("x"));
        }};
        boost::system::error_code ignored;
        one.close(websocket::close_code::normal, ignored);
        over = true;
        pusher.join();
    }
    client.close(websocket::close_code::normal);
    EXPECT_GE(handler.closings(), 1);
}

TEST_F(WebSocketTest, AnswersItsSubProtocolOnlyWhereItIsOffered) {
    connect({}, "chat, samtal.v1");
    EXPECT_EQ(response["Sec-WebSocket-Protocol"], "samtal.v1");
}

TEST_F(WebSocketTest, AcceptsOtherSubProtocolsWithoutAnsweringThem) {
    connect({}, "chat");
    EXPECT_EQ(response.count("Sec-WebSocket-Protocol"), 0U);
    EXPECT_EQ(ask("hello"), "hello");
}

TEST_F(WebSocketTest, SendsALargeFrameUnfragmentedAndTakesOneUpToItsLimit) {
    connect();
    std::string const largest(64 * 1024, 'x');
    EXPECT_EQ(ask(largest), largest);
    boost::system::error_code ignored;
    client.write(asio::buffer(largest + "y"), ignored);
    EXPECT_EQ(close_code(), 1009);
}

TEST_F(WebSocketTest, RefusesBinaryFrames) {
    connect();
    client.binary(true);
    client.write(asio::buffer("bytes", 5));
    EXPECT_EQ(close_code(), 1003);
}

TEST_F(WebSocketTest, RefusesTextThatIsNoUtf8) {
    connect();
    client.write(asio::buffer("\xc3\x28", 2));
    EXPECT_EQ(close_code(), 1007);
}

TEST_F(WebSocketTest, RefusesUnmaskedFrames) {
    connect();
    asio::write(client.next_layer(), asio::buffer("\x81\x01x", 3));
    EXPECT_EQ(close_code(), 1002);
}

TEST_F(WebSocketTest, KeepsTheOrderOfEachThreadThatPushes) {
    auto& handler = connect();
    auto const socket = handler.socket();
    auto const push = [&socket](char who) {
        for (int n = 0; n < 1000; ++n) socket->push(text(who + std::to_string(n)));
    };
    std::thread one{push, 'a'};
    std::thread two{push, 'b'};
    int next_a = 0;
    int next_b = 0;
    for (int n = 0; n < 2000; ++n) {
        auto const frame = answer();
        EXPECT_EQ(frame, frame[0] + std::to_string(frame[0] == 'a' ? next_a++ : next_b++));
    }
    one.join();
    two.join();
}

TEST_F(WebSocketTest, DeliversNothingAfterClose) {
    auto& handler = connect();
    auto const socket = handler.socket();
    socket->push(text("before"));
    EXPECT_EQ(answer(), "before");
    socket->close(CloseCode::session_ended);
    socket->push(text("after"));
    socket->close(CloseCode::going_away);
    EXPECT_EQ(close_code(), 4001);
    EXPECT_TRUE(frames_before_close.empty());
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(WebSocketTest, G1_GoesAwayInsteadOfSayingWhatItsServerMayNotSay) {
    auto& handler = connect();
    auto const socket = handler.socket();
    socket->push(text("before"));
    EXPECT_EQ(answer(), "before");
    echo->application.speaks = false;
    socket->push(text("after"));
    ASSERT_TRUE(ends());
    EXPECT_EQ(client.reason().code, 1001);
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(WebSocketTest, StopsDeliveringToItsHandlerAfterClose) {
    auto& handler = connect();
    auto const socket = handler.socket();
    socket->close(CloseCode::session_ended);
    boost::system::error_code ignored;
    client.write(asio::buffer("late", 4), ignored);
    EXPECT_EQ(close_code(), 4001);
    EXPECT_TRUE(frames_before_close.empty());
}

TEST_F(WebSocketTest, SaysThatItGoesAwayWhenTheServerStops) {
    auto& handler = connect();
    handler.socket();
    std::thread stopping{[this] { echo->server.stop(10s); }};
    EXPECT_EQ(close_code(), 1001);
    stopping.join();
    EXPECT_EQ(handler.closings(), 1);
    EXPECT_EQ(echo->server.connections(), 0U);
}

TEST_F(WebSocketTest, RefusesFramesSentBeforeItsAnswer) {
    echo.emplace();
    RawClient early{echo->server.port()};
    early.send(
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x80");
    EXPECT_EQ(early.status(), 400);
}

}  // namespace
}  // namespace samtal::net::testing
