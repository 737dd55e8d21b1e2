#pragma once

#include "unit/net/echo_server.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace samtal::net::testing {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using namespace std::chrono_literals;

inline SharedText text(std::string content) {
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
    /// Whether the connection ends before the next frame.
    bool ends() {
        boost::system::error_code ended;
        beast::flat_buffer buffer;
        client.read(buffer, ended);
        return ended.failed();
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

}  // namespace samtal::net::testing
