#pragma once

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace samtal::load {

namespace asio = boost::asio;
template <class T>
using Task = asio::awaitable<T>;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
using Plain = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<asio::ip::tcp::socket>;

struct Server {
    std::string host;
    unsigned short port = 0;
    bool tls = false;
};

/// Asks for a WebSocket, with a token or, where that is empty, without.
inline std::string upgrade_request(Server const& server, std::string const& token) {
    return fmt::format(
        "GET /v1/ws HTTP/1.1\r\nHost: {}:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{}{}{}\r\n",
        server.host, server.port, token.empty() ? "" : "Authorization: Bearer ", token,
        token.empty() ? "" : "\r\n");
}

/// A WebSocket client that trusts its server and does as little as can be done: it shares the cores with what it
/// measures. Stays where it is while an operation is under way.
template <class Stream>
class Connection {
public:
    explicit Connection(Stream stream) : stream_{std::move(stream)} {}

    /// Connected, upgraded with the token, and told "ready".
    Task<bool> open(Server const& server, std::string const& token) {
        asio::ip::tcp::endpoint const place{asio::ip::make_address(server.host), server.port};
        auto const [refused] = co_await stream_.lowest_layer().async_connect(place, quietly);
        if (refused) co_return false;
        stream_.lowest_layer().set_option(asio::ip::tcp::no_delay{true});
        if constexpr (std::is_same_v<Stream, Tls>) {
            auto const [failed] = co_await stream_.async_handshake(asio::ssl::stream_base::client, quietly);
            if (failed) co_return false;
        }
        std::string const request = upgrade_request(server, token);
        co_await asio::async_write(stream_, asio::buffer(request), quietly);
        auto const [cut, size] =
            co_await asio::async_read_until(stream_, asio::dynamic_buffer(in_), "\r\n\r\n", quietly);
        if (cut || !in_.starts_with("HTTP/1.1 101")) co_return false;
        in_.erase(0, size);
        bool ready = false;
        while (!ready) {
            take_frames([&ready](std::string_view frame) { ready = frame.find(R"("ready")") != frame.npos; });
            if (!ready && !co_await fill()) co_return false;
        }
        co_return true;
    }

    /// Calls `on_frame` with each text until the connection ends. A view is good during the call.
    template <class OnFrame>
    Task<void> read(OnFrame on_frame) {
        do take_frames(on_frame);
        while (co_await fill());
    }

    void send(std::string_view text) { send_frame(0x81, text); }

    void close() {
        boost::system::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }

private:
    void send_frame(std::uint8_t head, std::string_view text) {
        out_.push_back(static_cast<char>(head));
        put_length(text.size());
        out_.append(4, '\0');  // a mask of zeros leaves the text as it is
        out_.append(text);
        if (writing_.empty()) write();
    }

    void put_length(std::size_t size) {
        if (size < 126) return out_.push_back(static_cast<char>(0x80U | size));
        out_.push_back(static_cast<char>(0x80U | 126U));
        out_.push_back(static_cast<char>(size >> 8U));
        out_.push_back(static_cast<char>(size));
    }

    /// What was sent meanwhile goes out together.
    void write() {
        writing_ = std::exchange(out_, {});
        asio::async_write(stream_, asio::buffer(writing_), [this](boost::system::error_code failed, std::size_t) {
            writing_.clear();
            if (!failed && !out_.empty()) write();
        });
    }

    Task<bool> fill() {
        constexpr std::size_t most = 8 * 1024;
        std::size_t const before = in_.size();
        in_.resize(before + most);
        auto const [ended, size] =
            co_await stream_.async_read_some(asio::buffer(in_.data() + before, most), quietly);
        in_.resize(before + size);
        co_return !ended;
    }

    /// Servers do not mask. Texts are handed on, pings answered: who is silent for long is cut.
    template <class OnFrame>
    void take_frames(OnFrame const& on_frame) {
        std::string_view rest = in_;
        while (rest.size() >= 2) {
            auto const byte = [&rest](std::size_t at) { return static_cast<std::uint8_t>(rest[at]); };
            std::size_t head = 2;
            std::size_t size = byte(1) & 0x7fU;
            if (size >= 126) {
                head = size == 126 ? 4 : 10;
                if (rest.size() < head) break;
                size = 0;
                for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte(i);
            }
            if (rest.size() < head + size) break;
            if (byte(0) == 0x81) on_frame(rest.substr(head, size));
            if (byte(0) == 0x89) send_frame(0x8a, rest.substr(head, size));
            rest.remove_prefix(head + size);
        }
        in_.erase(0, in_.size() - rest.size());
    }

    Stream stream_;
    std::string in_;
    std::string out_;
    std::string writing_;
};

}  // namespace samtal::load
