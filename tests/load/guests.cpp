#include "guests.hpp"

#include <netinet/tcp.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <memory>

namespace samtal::load {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Connected and upgraded; what came behind the head is left in `in`.
Task<bool> upgrade(Plain& socket, Server const& server, std::string const& token, std::string& in,
                   int receive_buffer) {
    asio::ip::tcp::endpoint const place{asio::ip::make_address(server.host), server.port};
    socket.open(place.protocol());
    if (receive_buffer > 0) {
        using Segment = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>;
        socket.set_option(asio::socket_base::receive_buffer_size{receive_buffer});
        socket.set_option(Segment{536});  // so that the server's system holds little for it
    }
    auto const [refused] = co_await socket.async_connect(place, quietly);
    if (refused) co_return false;
    std::string const request = upgrade_request(server, token);
    co_await asio::async_write(socket, asio::buffer(request), quietly);
    auto const [cut, size] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(in), "\r\n\r\n", quietly);
    if (cut || !in.starts_with("HTTP/1.1 101")) co_return false;
    in.erase(0, size);
    co_return true;
}

struct Street {
    Strangers const& asked;
    void (*report)(CrowdResult const&);
    asio::io_context loop{1};
    CrowdResult connected{};
    StrangersResult result{};
    unsigned next = 0;
    unsigned tried = 0;
    Clock::time_point began = Clock::now();

    void note(bool upgraded) {
        if (tried == asked.connections) return;
        if (upgraded) ++connected.connected;
        if (++tried < asked.connections) return;
        connected.seconds = std::chrono::duration<double>(Clock::now() - began).count();
        report(connected);
    }
};

Task<void> wait_to_be_cut(Street& street, Plain socket, std::string in);

Task<void> come(Street& street) {
    Plain socket{street.loop};
    std::string in;
    bool const upgraded = co_await upgrade(socket, street.asked.server, {}, in, 0);
    street.note(upgraded);
    if (upgraded)
        asio::co_spawn(street.loop, wait_to_be_cut(street, std::move(socket), std::move(in)), asio::detached);
}

Task<void> wait_to_be_cut(Street& street, Plain socket, std::string in) {
    constexpr std::string_view not_authenticated = "\x0f\xa3";  // 4003
    for (;;) {
        std::array<char, 128> some;
        auto const [ended, size] = co_await socket.async_read_some(asio::buffer(some), quietly);
        if (ended) break;
        in.append(some.data(), size);
    }
    ++street.result.ended;
    if (in.size() >= 4 && in[0] == '\x88' && in.substr(2, 2) == not_authenticated) ++street.result.told;
    socket.close();
    if (street.asked.again) asio::co_spawn(street.loop, come(street), asio::detached);
}

Task<void> let_them_come(Street& street) {
    while (street.next++ < street.asked.connections) co_await come(street);
}

struct Lounge {
    Sluggards const& asked;
    void (*report)(CrowdResult const&);
    asio::io_context loop{1};
    unsigned here = 0;
    unsigned cuts = 0;
    Clock::time_point began = Clock::now();
};

/// Reads its share ten times a second; nothing at all: waits for the cut.
Task<void> doze(Lounge& lounge, Plain& socket, asio::steady_timer& timer) {
    if (lounge.asked.bytes_per_s == 0) {
        co_await socket.async_wait(Plain::wait_error, quietly);
        co_return;
    }
    std::vector<char> some(std::max(1U, lounge.asked.bytes_per_s / 10));
    for (;;) {
        auto const [ended, size] = co_await socket.async_read_some(asio::buffer(some), quietly);
        if (ended) co_return;
        timer.expires_after(100ms);
        co_await timer.async_wait(quietly);
    }
}

Task<void> lounge_about(Lounge& lounge, std::string const& token) {
    constexpr int smallest = 4'096;
    asio::steady_timer timer{lounge.loop};
    for (bool first = true;; first = false) {
        Plain socket{lounge.loop};
        std::string in;
        if (co_await upgrade(socket, lounge.asked.server, token, in, smallest)) {
            if (first && ++lounge.here == lounge.asked.tokens.size())
                lounge.report({lounge.here, std::chrono::duration<double>(Clock::now() - lounge.began).count()});
            if (!lounge.asked.conversation.empty()) {
                std::string const text =
                    fmt::format(R"({{"type":"sync","id":1,"positions":{{"{}":{{"seq":0,"change":0}}}}}})",
                                lounge.asked.conversation);
                std::string frame{"\x81"};  // below 126 bytes, under a mask of zeros
                frame.push_back(static_cast<char>(0x80U | text.size()));
                frame.append(4, '\0').append(text);
                co_await asio::async_write(socket, asio::buffer(frame), quietly);
            }
            co_await doze(lounge, socket, timer);
            ++lounge.cuts;
        }
        timer.expires_after(200ms);
        co_await timer.async_wait(quietly);
    }
}

}  // namespace

StrangersResult stay_silent(Strangers const& asked, void (*report)(CrowdResult const&)) {
    Street street{asked, report};
    for (unsigned n = 0; n < asked.at_once; ++n)
        asio::co_spawn(street.loop, let_them_come(street), asio::detached);
    if (asked.again) asio::co_spawn(street.loop, until_input_ends(street.loop), asio::detached);
    street.loop.run();
    return street.result;
}

unsigned read_slowly(Sluggards const& asked, void (*report)(CrowdResult const&)) {
    Lounge lounge{asked, report};
    for (auto const& token : asked.tokens)
        asio::co_spawn(lounge.loop, lounge_about(lounge, token), asio::detached);
    asio::co_spawn(lounge.loop, until_input_ends(lounge.loop), asio::detached);
    lounge.loop.run();
    return lounge.cuts;
}

}  // namespace samtal::load
