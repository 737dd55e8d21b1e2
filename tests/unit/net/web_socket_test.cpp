#include "unit/net/echo_server.hpp"
#include "unit/net/raw_client.hpp"

#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <atomic>
#include <optional>
#include <thread>

namespace samtal::net::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using namespace std::chrono_literals;

SharedText text(std::string content) {
    return std::make_shared<std::string const>(std::move(content));
}

/// A server and one client that blocks.
class WebSocketTest : public ::testing::Test {
protected:
    EchoHandler& connect(Limits limits = {}, std::string const& offered = "", int receive_buffer = 0) {
        echo.emplace(with_limits(limits));
        client.next_layer().open(tcp::v4());
        if (receive_buffer > 0)
            client.next_layer().set_option(asio::socket_base::receive_buffer_size{receive_buffer});
        client.next_layer().connect({asio::ip::address_v4::loopback(), echo->server.port()});
        client.set_option(websocket::stream_base::decorator{[offered](websocket::request_type& request) {
            if (!offered.empty()) request.set("Sec-WebSocket-Protocol", offered);
        }});
        client.handshake(response, "localhost", "/ws");
        return *echo->application.handler;
    }

    std::string answer() {
        beast::flat_buffer buffer;
        client.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }
    std::string ask(std::string const& question) {
        client.write(asio::buffer(question));
        return answer();
    }
    /// Reads until the server ends the connection; the code it gave, or 0.
    int close_code() {
        boost::system::error_code ended;
        beast::flat_buffer buffer;
        while (!ended) {
            client.read(buffer, ended);
            if (!ended) frames_before_close.push_back(beast::buffers_to_string(buffer.data()));
            buffer.clear();
        }
        return ended == websocket::error::closed ? client.reason().code : 0;
    }

    std::optional<EchoServer> echo;
    asio::io_context loop;
    websocket::stream<tcp::socket> client{loop};
    websocket::response_type response;
    std::vector<std::string> frames_before_close;
};

TEST_F(WebSocketTest, AnswersFramesInOrderAndTellsItsHandlerOnceOfTheEnd) {
    auto& handler = connect();
    for (int n = 0; n < 100; ++n) client.write(asio::buffer(std::to_string(n)));
    for (int n = 0; n < 100; ++n) EXPECT_EQ(answer(), std::to_string(n));
    client.close(websocket::close_code::normal);
    EXPECT_EQ(handler.closings(), 1);
}

// What is pushed between the client's close frame and the end has nowhere to go.
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

TEST_F(WebSocketTest, CutsASlowReaderWith4008AndQueuesNoMore) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 10s}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));  // more than the sockets' buffers hold
    socket->push(text(std::string(12 * 1024 * 1024, 'y')));
    EXPECT_EQ(close_code(), 4008);
    EXPECT_LE(frames_before_close.size(), 1U);  // the first one's write may have begun
    for (auto const& frame : frames_before_close) EXPECT_EQ(frame[0], 'x');
}

TEST_F(WebSocketTest, HangsUpOnAReaderWhoNeverReadsTheClose) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 100ms}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));
    socket->close(CloseCode::session_ended);
    EXPECT_EQ(handler.closings(), 1);  // though nothing was read
    EXPECT_NE(close_code(), 4001);
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
    EXPECT_EQ(close_code(), 1001);
    EXPECT_TRUE(frames_before_close.empty());
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(WebSocketTest, G1_LeavesAFrameUnfinishedThatItsServerMayNotGoOnWith) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024}, "", 8 * 1024);
    handler.socket()->push(text(std::string(12 * 1024 * 1024, 'x')));  // more than the sockets' buffers hold
    client.write(asio::buffer("drain", 5));
    handler.wait_for_frame();
    echo->application.speaks = false;
    close_code();
    EXPECT_TRUE(frames_before_close.empty());
    EXPECT_EQ(handler.closings(), 1) << "the answer that waited for room waits no more";
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

TEST_F(WebSocketTest, PacesAnswersByItsQueue) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024}, "", 8 * 1024);
    handler.socket()->push(text(std::string(12 * 1024 * 1024, 'x')));
    client.write(asio::buffer("drain", 5));
    EXPECT_EQ(answer().size(), 12U * 1024 * 1024);
    EXPECT_EQ(answer(), "drained");
}

TEST_F(WebSocketTest, ReleasesAWaitingAnswerWhenItIsClosed) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 100ms}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));
    client.write(asio::buffer("drain", 5));
    handler.wait_for_frame();
    socket->close(CloseCode::session_ended);
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(WebSocketTest, PingsAndEndsAfterSilence) {
    auto& handler = connect({.socket_idle = 200ms});
    int pings = 0;
    client.control_callback([&](websocket::frame_type kind, beast::string_view) {
        if (kind == websocket::frame_type::ping) ++pings;
    });
    beast::flat_buffer buffer;
    client.async_read(buffer, [](boost::system::error_code, std::size_t) {});
    while (pings < 3) loop.run_one();
    EXPECT_EQ(handler.closings(), 1);  // nobody answers any more, so it ends
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
