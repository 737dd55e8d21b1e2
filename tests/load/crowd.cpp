#include "crowd.hpp"

#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace samtal::load {

using Clock = std::chrono::steady_clock;

namespace {

template <class Stream>
using Connections = std::vector<std::unique_ptr<Connection<Stream>>>;

struct Progress {
    std::size_t next = 0;
    std::size_t workers;
    CrowdResult result{};
    Clock::time_point began = Clock::now();
};

/// Opens one connection after the other until none is left; the last worker to end calls `over`.
template <class Stream, class Over>
Task<void> open_some(Connections<Stream>& all, Server const& server, std::vector<std::string> const& tokens,
                     Progress& progress, Over over) {
    while (progress.next < all.size()) {
        std::size_t const mine = progress.next++;
        if (co_await all[mine]->open(server, tokens[mine % tokens.size()])) ++progress.result.connected;
    }
    if (--progress.workers > 0) co_return;
    progress.result.seconds = std::chrono::duration<double>(Clock::now() - progress.began).count();
    over(progress.result);
}

template <class Stream, class Make>
void hold_all(Crowd const& crowd, void (*report)(CrowdResult const&), asio::io_context& loop, Make make) {
    Connections<Stream> all;
    for (unsigned n = 0; n < crowd.connections; ++n) all.push_back(std::make_unique<Connection<Stream>>(make()));
    Progress progress{.workers = crowd.at_once};
    for (unsigned n = 0; n < crowd.at_once; ++n)
        asio::co_spawn(loop, open_some(all, crowd.server, crowd.tokens, progress, report), asio::detached);
    asio::co_spawn(loop, until_input_ends(loop), asio::detached);
    loop.run();
}

struct Counters {
    std::uint64_t delivered = 0;
    std::uint64_t errors = 0;
    std::uint64_t sent = 0;
};

Task<void> read_all(Connection<Plain>& reader, Counters& counters) {
    co_await reader.read([&counters](std::string_view frame) {
        if (frame.starts_with(R"({"type":"message.new")")) ++counters.delivered;
    });
}

void send_next(Connection<Plain>& writer, FanOut const& load, Counters& counters) {
    writer.send(fmt::format(
        R"({{"type":"message.send","id":1,"conversation_id":"{}","client_message_id":"{:08x}-0000-7000-8000-{:012x}","text":"{:x<200}"}})",
        load.conversation, static_cast<std::uint32_t>(Clock::now().time_since_epoch().count()), ++counters.sent,
        ""));
}

Task<void> write_all(Connection<Plain>& writer, FanOut const& load, Counters& counters) {
    for (unsigned n = 0; n < load.window; ++n) send_next(writer, load, counters);
    co_await writer.read([&](std::string_view frame) {
        if (frame.find(R"("type":"error")") != frame.npos) ++counters.errors;
        send_next(writer, load, counters);
    });
}

Task<void> stop_after(asio::io_context& loop, double seconds) {
    asio::steady_timer over{loop,
                            std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))};
    co_await over.async_wait(quietly);
    loop.stop();
}

}  // namespace

Task<void> until_input_ends(asio::io_context& loop) {
    asio::posix::stream_descriptor input{loop, ::dup(STDIN_FILENO)};
    std::array<char, 256> ignored{};
    for (;;) {
        auto const [ended, size] = co_await input.async_read_some(asio::buffer(ignored), quietly);
        if (ended) break;
    }
    loop.stop();
}

void hold(Crowd const& crowd, void (*report)(CrowdResult const&)) {
    asio::io_context loop{1};
    if (!crowd.server.tls) return hold_all<Plain>(crowd, report, loop, [&loop] { return Plain{loop}; });
    asio::ssl::context context{asio::ssl::context::tls_client};
    hold_all<Tls>(crowd, report, loop, [&] { return Tls{Plain{loop}, context}; });
}

double run(FanOut const& load) {
    asio::io_context loop{1};
    Connections<Plain> all;
    for (std::size_t n = 0; n < load.tokens.size(); ++n)
        all.push_back(std::make_unique<Connection<Plain>>(Plain{loop}));
    Progress progress{.workers = 16};
    Counters counters;
    auto const begin = [&](CrowdResult const& result) {
        if (result.connected < all.size()) throw std::runtime_error{"not everybody could connect"};
        for (std::size_t n = 1; n < all.size(); ++n)
            asio::co_spawn(loop, read_all(*all[n], counters), asio::detached);
        asio::co_spawn(loop, write_all(*all[0], load, counters), asio::detached);
        asio::co_spawn(loop, stop_after(loop, load.seconds), asio::detached);
    };
    for (std::size_t n = progress.workers; n > 0; --n)
        asio::co_spawn(loop, open_some(all, load.server, load.tokens, progress, begin),
                       [](std::exception_ptr broken) {
                           if (broken) std::rethrow_exception(broken);
                       });
    loop.run();
    if (counters.errors > 0) throw std::runtime_error{"the server refused messages; the figure means nothing"};
    return static_cast<double>(counters.delivered) / load.seconds;
}

}  // namespace samtal::load
