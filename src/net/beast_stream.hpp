#pragma once

#include "any_stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <exception>
#include <utility>

// For web_socket.cpp alone: Beast's WebSocket over a stream of ours.
namespace samtal::net {

// Beast finds these three by argument-dependent look-up when a WebSocket ends or times out.
inline void beast_close_socket(AnyStream& stream) {
    stream.close();
}
[[maybe_unused]] inline void teardown(boost::beast::role_type, AnyStream& stream, ErrorCode& error) {
    stream.close();
    error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, AnyStream& stream, Handler&& handler) {
    // The close frame must reach a client that is still sending: a large message, for one.
    constexpr std::chrono::milliseconds patience{2'000};
    boost::asio::co_spawn(
        stream.get_executor(), linger(stream, patience),
        [h = std::forward<Handler>(handler)](std::exception_ptr) mutable { std::move(h)(ErrorCode{}); });
}

using BeastStream = boost::beast::websocket::stream<AnyStream, false>;  // false: no permessage-deflate at all

}  // namespace samtal::net
