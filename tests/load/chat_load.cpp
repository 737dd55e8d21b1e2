#include "chat_load.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <string_view>

namespace samtal::load {

using Clock = std::chrono::steady_clock;

namespace {

struct Sample {
    std::int64_t second;  // in which it arrived
    std::uint32_t us;     // send → peer
};

struct Counters {
    std::uint64_t acked = 0;
    std::uint64_t delivered = 0;
    std::uint64_t errors = 0;
    std::vector<std::vector<Sample>> sections{1};
};

/// One side of a pair. Its messages carry the time they were sent as the head of their text, so the peer can tell
/// the latency without any table.
class Person {
public:
    Person(asio::io_context& loop, ChatLoad const& load, std::string token, std::string const& conversation,
           Counters& counters, std::uint64_t number)
        : load_{load},
          token_{std::move(token)},
          conversation_{conversation},
          counters_{counters},
          socket_{Plain{loop}},
          wake_{loop},
          number_{number},
          padding_(load.text_bytes > 20 ? load.text_bytes - 20 : 0, 'x') {}

    Task<bool> connect() { return socket_.open(load_.server, token_); }

    Task<void> read(Clock::time_point const& end) {
        co_await socket_.read([this, &end](std::string_view frame) { handle(frame, end); });
        gone_ = true;
        wake_.cancel();
    }

    Task<void> write(Clock::time_point begin, Clock::time_point const& end, std::chrono::nanoseconds interval) {
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
            auto const now = Clock::now().time_since_epoch();
            counters_.sections.back().push_back(
                {std::chrono::floor<std::chrono::seconds>(now).count(),
                 static_cast<std::uint32_t>(std::max<long long>(now.count() - sent, 0) / 1000)});
        } else if (head.find(R"("type":"error")") != std::string_view::npos) {
            ++counters_.errors;
            if (under_way_ > 0) --under_way_;
            wake_.cancel();
        }
    }

    ChatLoad const& load_;
    std::string token_;
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

/// The load of one run, and when it ends.
struct Run {
    ChatLoad const& load;
    Counters counters;
    People people;
    Clock::time_point begin, end;
};

Task<void> heed_signals(Run& run, asio::signal_set& signals, asio::steady_timer& over) {
    for (;;) {
        auto const [cancelled, signal] = co_await signals.async_wait(quietly);
        if (cancelled) co_return;
        if (signal == SIGTERM) {
            run.end = std::min(run.end, Clock::now());
            over.cancel();
        } else {
            run.counters.sections.emplace_back();
        }
    }
}

Task<void> drive(Run& run) {
    auto const executor = co_await asio::this_coro::executor;
    asio::signal_set signals{executor, SIGUSR1, SIGTERM};
    asio::steady_timer over{executor, Clock::time_point::max()};
    asio::co_spawn(executor, heed_signals(run, signals, over), asio::detached);
    for (auto const& person : run.people)
        if (!co_await person->connect()) ++run.counters.errors;
    run.begin = Clock::now();
    run.end =
        run.begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(run.load.seconds));
    std::chrono::nanoseconds interval{0};
    std::size_t const writers = run.load.one_sided ? run.load.pairs.size() : run.people.size();
    if (run.load.rate > 0)
        interval =
            std::chrono::nanoseconds{static_cast<long long>(1e9 * static_cast<double>(writers) / run.load.rate)};
    for (std::size_t i = 0; i < run.people.size(); ++i) {
        // Spread over one interval, so that the rate is even.
        auto const offset = interval * static_cast<long long>(i) / static_cast<long long>(run.people.size());
        asio::co_spawn(executor, run.people[i]->read(run.end), asio::detached);
        if (run.load.one_sided && i % 2 == 1) continue;
        asio::co_spawn(executor, run.people[i]->write(run.begin + offset, run.end, interval), asio::detached);
    }
    over.expires_at(run.end);
    co_await over.async_wait(quietly);
    over.expires_after(std::chrono::seconds{1});  // for what is on its way
    co_await over.async_wait(quietly);
    signals.cancel();
    for (auto const& person : run.people) person->close();
}

double percentile(std::vector<std::uint32_t> const& sorted, double p) {
    if (sorted.empty()) return 0;
    auto const at = static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1));
    return sorted[at] / 1000.0;
}

std::vector<std::uint32_t> sorted_us(std::vector<Sample> const& samples) {
    std::vector<std::uint32_t> us;
    for (Sample const& sample : samples) us.push_back(sample.us);
    std::ranges::sort(us);
    return us;
}

Latencies latencies_of(std::vector<Sample> const& samples) {
    auto const us = sorted_us(samples);
    Latencies latencies{percentile(us, 0.50), percentile(us, 0.99), percentile(us, 0.999), {}};
    std::map<std::int64_t, std::vector<Sample>> seconds;
    for (Sample const& sample : samples) seconds[sample.second].push_back(sample);
    for (auto const& [second, of_it] : seconds)
        latencies.p99_of_seconds_ms.push_back(percentile(sorted_us(of_it), 0.99));
    return latencies;
}

}  // namespace

ChatResult run(ChatLoad const& load) {
    asio::io_context loop{1};
    Run run{load, {}, {}, {}, {}};
    std::uint64_t number = 0;
    for (Pair const& pair : load.pairs)
        for (std::string const& token : {pair.token_a, pair.token_b})
            run.people.push_back(
                std::make_unique<Person>(loop, load, token, pair.conversation, run.counters, ++number));
    asio::co_spawn(loop, drive(run), asio::detached);
    loop.run();
    double const seconds = std::chrono::duration<double>(run.end - run.begin).count();
    std::vector<Sample> all;
    for (auto const& section : run.counters.sections) all.insert(all.end(), section.begin(), section.end());
    ChatResult result{static_cast<double>(run.counters.acked) / seconds,
                      static_cast<double>(run.counters.delivered) / seconds,
                      latencies_of(all),
                      {},
                      run.counters.errors};
    for (auto const& section : run.counters.sections) result.sections.push_back(latencies_of(section));
    return result;
}

}  // namespace samtal::load
