#include "chat_load.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>

namespace samtal::load {

using Clock = std::chrono::steady_clock;

namespace {

struct Counters {
    std::uint64_t acked = 0;
    std::uint64_t delivered = 0;
    std::uint64_t errors = 0;
    std::vector<std::uint32_t> latency_us;  // send → peer
};

/// One side of a pair. Its messages carry the time they were sent as the head of their text, so the peer can tell
/// the latency without any table.
class Person {
public:
    Person(asio::io_context& loop, ChatLoad const& load, std::string const& token, std::string const& conversation,
           Counters& counters, std::uint64_t number)
        : load_{load},
          token_{token},
          conversation_{conversation},
          counters_{counters},
          socket_{Plain{loop}},
          wake_{loop},
          number_{number},
          padding_(load.text_bytes > 20 ? load.text_bytes - 20 : 0, 'x') {}

    Task<bool> connect() { return socket_.open(load_.server, token_); }

    Task<void> read(Clock::time_point end) {
        co_await socket_.read([this, end](std::string_view frame) { handle(frame, end); });
        gone_ = true;
        wake_.cancel();
    }

    Task<void> write(Clock::time_point begin, Clock::time_point end, std::chrono::nanoseconds interval) {
        auto due = begin;
        while (!gone_ && Clock::now() < end) {
            if (interval.count() > 0) {
                due += interval;
                wake_.expires_at(due);
                co_await wake_.async_wait(quietly);
            } else if (under_way_ >= load_.window) {
                wake_.expires_at(end);
                co_await wake_.async_wait(quietly);
                continue;
            }
            // By the schedule, not by when we got round to it: a server that stalls is not spared.
            ++under_way_;
            socket_.send(next_frame(interval.count() > 0 ? due : Clock::now()));
        }
    }

    void close() { socket_.close(); }

private:
    std::string next_frame(Clock::time_point sent) {
        ++sequence_;
        return fmt::format(
            R"({{"type":"message.send","id":{},"conversation_id":"{}","client_message_id":"{:08x}-{:04x}-7000-8000-{:012x}","text":"@{:019}{}"}})",
            sequence_, conversation_, number_ & 0xffffffffU, run_ & 0xffffU, sequence_,
            sent.time_since_epoch().count(), padding_);
    }

    void handle(std::string_view frame, Clock::time_point end) {
        bool const counts = Clock::now() < end;
        std::string_view const head = frame.substr(0, 80);  // the type stands in front, or behind a short `re`
        if (head.find(R"("type":"message.accepted")") != std::string_view::npos) {
            if (counts) ++counters_.acked;
            if (under_way_ > 0) --under_way_;
            if (load_.rate == 0) wake_.cancel();
        } else if (auto const at = frame.find(R"("text":"@)"); at != std::string_view::npos) {
            if (counts) ++counters_.delivered;
            auto const sent = std::stoll(std::string{frame.substr(at + 9, 19)});
            auto const took = Clock::now().time_since_epoch().count() - sent;
            counters_.latency_us.push_back(static_cast<std::uint32_t>(std::max<long long>(took, 0) / 1000));
        } else if (head.find(R"("type":"error")") != std::string_view::npos) {
            ++counters_.errors;
            if (under_way_ > 0) --under_way_;
            wake_.cancel();
        }
    }

    ChatLoad const& load_;
    std::string const& token_;
    std::string const& conversation_;
    Counters& counters_;
    Connection<Plain> socket_;
    asio::steady_timer wake_;
    std::uint64_t number_;
    std::uint64_t run_ = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count() >> 20);
    std::uint64_t sequence_ = 0;
    unsigned under_way_ = 0;
    bool gone_ = false;
    std::string padding_;
};

using People = std::vector<std::unique_ptr<Person>>;

Task<void> drive(People& people, ChatLoad const& load, Counters& counters) {
    for (auto const& person : people)
        if (!co_await person->connect()) ++counters.errors;
    auto const executor = co_await asio::this_coro::executor;
    auto const begin = Clock::now();
    auto const end =
        begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(load.seconds));
    std::chrono::nanoseconds interval{0};
    if (load.rate > 0)
        interval =
            std::chrono::nanoseconds{static_cast<long long>(1e9 * static_cast<double>(people.size()) / load.rate)};
    for (std::size_t i = 0; i < people.size(); ++i) {
        // Spread over one interval, so that the rate is even.
        auto const offset = interval * static_cast<long long>(i) / static_cast<long long>(people.size());
        asio::co_spawn(executor, people[i]->read(end), asio::detached);
        asio::co_spawn(executor, people[i]->write(begin + offset, end, interval), asio::detached);
    }
    asio::steady_timer over{executor, end + std::chrono::seconds{1}};
    co_await over.async_wait(quietly);
    for (auto const& person : people) person->close();
}

double percentile(std::vector<std::uint32_t>& sorted, double p) {
    if (sorted.empty()) return 0;
    auto const at = static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1));
    return sorted[at] / 1000.0;
}

}  // namespace

ChatResult run(ChatLoad const& load) {
    asio::io_context loop{1};
    Counters counters;
    People people;
    std::uint64_t number = 0;
    for (Pair const& pair : load.pairs) {
        people.push_back(
            std::make_unique<Person>(loop, load, pair.token_a, pair.conversation, counters, ++number));
        people.push_back(
            std::make_unique<Person>(loop, load, pair.token_b, pair.conversation, counters, ++number));
    }
    asio::co_spawn(loop, drive(people, load, counters), asio::detached);
    loop.run();
    std::ranges::sort(counters.latency_us);
    return {static_cast<double>(counters.acked) / load.seconds,
            static_cast<double>(counters.delivered) / load.seconds,
            percentile(counters.latency_us, 0.50),
            percentile(counters.latency_us, 0.99),
            percentile(counters.latency_us, 0.999),
            counters.errors};
}

}  // namespace samtal::load
