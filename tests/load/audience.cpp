#include "audience.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <charconv>
#include <chrono>
#include <memory>

namespace samtal::load {

namespace {

using Clock = std::chrono::steady_clock;

struct Room {
    Audience const& asked;
    void (*report)(CrowdResult const&);
    asio::io_context loop{1};
    std::vector<std::unique_ptr<Connection<Plain>>> sockets{};
    AudienceResult result{};
    std::size_t next = 0;
    CrowdResult connected{};
    unsigned tried = 0;
    Clock::time_point began = Clock::now();
};

/// Of a `message.new` of this conversation; 0 of anything else.
std::int64_t seq_of(std::string_view frame, std::string_view conversation) {
    if (!frame.starts_with(R"({"type":"message.new")") || frame.find(conversation) == frame.npos) return 0;
    constexpr std::string_view key = R"("seq":)";
    auto const at = frame.find(key);
    std::int64_t seq = 0;
    if (at != frame.npos) std::from_chars(frame.data() + at + key.size(), frame.data() + frame.size(), seq);
    return seq;
}

Task<void> attend(Room& room, std::size_t mine) {
    std::int64_t last = 0;
    bool faulty = false;
    auto& socket = *room.sockets[mine];
    co_await socket.read([&](std::string_view frame) {
        auto const seq = seq_of(frame, room.asked.conversation);
        if (seq == 0) return;
        faulty = faulty || (last > 0 && seq != last + 1);
        last = seq;
        if (seq >= room.asked.until) socket.close();
    });
    if (faulty) ++room.result.faulty;
    ++(last >= room.asked.until ? room.result.complete : room.result.cut);
}

Task<void> seat(Room& room) {
    auto const& crowd = room.asked.crowd;
    while (room.next < room.sockets.size()) {
        std::size_t const mine = room.next++;
        if (co_await room.sockets[mine]->open(crowd.server, crowd.tokens[mine % crowd.tokens.size()])) {
            ++room.connected.connected;
            asio::co_spawn(room.loop, attend(room, mine), asio::detached);
        } else {
            ++room.result.unconnected;
        }
        if (++room.tried < room.sockets.size()) continue;
        room.connected.seconds = std::chrono::duration<double>(Clock::now() - room.began).count();
        room.report(room.connected);
    }
}

}  // namespace

AudienceResult listen(Audience const& asked, void (*report)(CrowdResult const&)) {
    Room room{asked, report};
    for (unsigned n = 0; n < asked.crowd.connections; ++n)
        room.sockets.push_back(std::make_unique<Connection<Plain>>(Plain{room.loop}));
    for (unsigned n = 0; n < asked.crowd.at_once; ++n) asio::co_spawn(room.loop, seat(room), asio::detached);
    room.loop.run();
    return room.result;
}

}  // namespace samtal::load
