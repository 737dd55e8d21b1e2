#include "unit/net/web_socket_fixture.hpp"

#include <thread>

namespace samtal::net::testing {
namespace {

/// One that reads slowly or not at all, or says nothing.
class SlowClientTest : public WebSocketTest {};

TEST_F(SlowClientTest, IsCutWith4008AndNoMoreIsQueued) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 10s}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));  // more than the sockets' buffers hold
    socket->push(text(std::string(12 * 1024 * 1024, 'y')));
    EXPECT_EQ(close_code(), 4008);
    EXPECT_LE(frames_before_close.size(), 1U);  // the first one's write may have begun
    for (auto const& frame : frames_before_close) EXPECT_EQ(frame[0], 'x');
}

TEST_F(SlowClientTest, IsHungUpOnIfItNeverReadsTheClose) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 100ms}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));
    socket->close(CloseCode::session_ended);
    EXPECT_EQ(handler.closings(), 1);  // though nothing was read
    EXPECT_NE(close_code(), 4001);
}

TEST_F(SlowClientTest, G1_GetsNoMoreOfAFrameThatItsServerMayNotGoOnWith) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024}, "", 8 * 1024);
    handler.socket()->push(text(std::string(12 * 1024 * 1024, 'x')));  // more than the sockets' buffers hold
    client.write(asio::buffer("drain", 5));
    handler.wait_for_frame();
    echo->application.speaks = false;
    ASSERT_TRUE(ends());
    EXPECT_EQ(handler.closings(), 1) << "the answer that waited for room waits no more";
}

TEST_F(SlowClientTest, PacesAnswersByItsQueue) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024}, "", 8 * 1024);
    handler.socket()->push(text(std::string(12 * 1024 * 1024, 'x')));
    client.write(asio::buffer("drain", 5));
    EXPECT_EQ(answer().size(), 12U * 1024 * 1024);
    EXPECT_EQ(answer(), "drained");
}

TEST_F(SlowClientTest, ReleasesAWaitingAnswerWhenItIsClosed) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .close_grace = 100ms}, "", 8 * 1024);
    auto const socket = handler.socket();
    socket->push(text(std::string(12 * 1024 * 1024, 'x')));
    client.write(asio::buffer("drain", 5));
    handler.wait_for_frame();
    socket->close(CloseCode::session_ended);
    EXPECT_EQ(handler.closings(), 1);
}

TEST_F(SlowClientTest, IsPingedAndEndedAfterSilence) {
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

TEST_F(SlowClientTest, IsKeptIfItsFrameTakesLongerThanItMayBeSilent) {
    auto& handler = connect({.socket_idle = 800ms});
    int pings = 0;
    client.control_callback([&](websocket::frame_type kind, beast::string_view) {
        if (kind == websocket::frame_type::ping && ++pings == 3) handler.go_on();  // after more than that time
    });
    client.write(asio::buffer("ponder", 6));
    boost::system::error_code failed;
    beast::flat_buffer buffer;
    client.async_read(buffer, [&](boost::system::error_code result, std::size_t) { failed = result; });
    loop.run();
    EXPECT_FALSE(failed) << failed.message();
    EXPECT_EQ(beast::buffers_to_string(buffer.data()), "ponder");
    handler.go_on();
}

// Its pongs stand behind what it has not read, so it sends nothing at all.
TEST_F(SlowClientTest, IsKeptIfItReadsSlowly) {
    constexpr std::size_t size = 12 * 1024 * 1024;  // more than the sockets' buffers hold
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .socket_idle = 500ms}, "", 8 * 1024);
    handler.socket()->push(text(std::string(size, 'x')));
    std::vector<char> some(64 * 1024);
    std::size_t seen = 0;
    boost::system::error_code failed;
    for (int n = 0; seen < size && !failed; ++n) {
        if (n < 30) std::this_thread::sleep_for(50ms);
        seen += client.next_layer().read_some(asio::buffer(some), failed);
    }
    EXPECT_FALSE(failed) << failed.message() << " after " << seen;
}

TEST_F(SlowClientTest, IsEndedIfItTakesNothingWhileItsFrameIsHandled) {
    auto& handler = connect({.outgoing_bytes = 16 * 1024 * 1024, .socket_idle = 200ms}, "", 8 * 1024);
    handler.socket()->push(text(std::string(12 * 1024 * 1024, 'x')));
    client.write(asio::buffer("drain", 5));
    EXPECT_EQ(handler.closings(), 1);
}

}  // namespace
}  // namespace samtal::net::testing
