#include "ingest_load.hpp"

#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

namespace samtal::load {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Digits from the right, zeros before them.
void put_digits(char* end, unsigned width, std::uint64_t value) {
    for (; width > 0; --width, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

/// A request whose text stays where it is from batch to batch; digits are overwritten. So a record costs next to
/// nothing here.
class Request {
public:
    Request(IngestLoad const& load, unsigned connection) : load_{load}, next_{connection * load.batch} {
        std::string const moment(moment_size, '0');
        std::string const party(load.numbers.front().size(), '0');
        std::string body = "[";
        for (unsigned n = 0; n < load.batch; ++n) {
            Places at{};
            auto const field = [&body](std::string_view name, std::string_view value, std::string_view after) {
                body.append(name);
                auto const place = body.size();
                body.append(value).append(after);
                return place;
            };
            at.source = field(R"({"source_call_id":")", std::string(source_size, '0'), R"(",)") + source_size;
            bool const calls = n % 2 == 0;  // or is called
            at.own = field(calls ? R"("caller":{"number":")" : R"("callee":{"number":")", party, R"("},)");
            at.other = field(calls ? R"("callee":{"number":"+49)" : R"("caller":{"number":"+49)",
                             std::string(other_size, '0'), R"("},)") +
                       other_size;
            at.started = field(R"("started_at":")", moment, R"(",)");
            at.answered = field(R"("answered_at":")", moment, R"(",)");
            at.ended = field(R"("ended_at":")", moment, R"(","outcome":"answered"})");
            body.push_back(n + 1 < load.batch ? ',' : ']');
            places_.push_back(at);
        }
        text_ = fmt::format(
            "POST /v1/ingest/calls HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            load.server.host, load.server.port, load.token, body.size());
        body_at_ = text_.size();
        text_ += body;
        run_ =
            static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / 1ms) % 1'000'000'000;
        connection_ = connection;
    }

    /// The next batch's.
    std::string const& next() {
        using std::chrono::system_clock;
        auto const now = std::chrono::floor<std::chrono::seconds>(system_clock::now());
        std::string const moments[] = {moment(now - 60s), moment(now - 50s), moment(now - 10s)};
        for (Places const& at : places_) {
            char* const body = text_.data() + body_at_;
            put_digits(body + at.source, 9, count_);
            put_digits(body + at.source - 9, 3, connection_);
            put_digits(body + at.source - 12, 9, run_);
            // People in an order of no order, as calls come.
            auto const& own = load_.numbers[next_ * 7919 % load_.numbers.size()];
            own.copy(body + at.own, own.size());
            put_digits(body + at.other, other_size, (count_ * 1'000 + connection_) % 10'000'000'000);
            std::size_t const starts[] = {at.started, at.answered, at.ended};
            for (std::size_t i = 0; i < 3; ++i) {
                moments[i].copy(body + starts[i], moment_size);
                put_digits(body + starts[i] + moment_size - 1, 3, next_ % 1'000);
            }
            ++count_;
            ++next_;
        }
        return text_;
    }

private:
    static constexpr std::size_t source_size = 24, other_size = 10, moment_size = 24;
    struct Places {
        std::size_t source, own, other, started, answered, ended;
    };

    static std::string moment(std::chrono::sys_seconds at) {
        auto const day = std::chrono::floor<std::chrono::days>(at);
        std::chrono::year_month_day const date{day};
        std::chrono::hh_mm_ss const time{at - day};
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", static_cast<int>(date.year()),
                           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                           time.hours().count(), time.minutes().count(), time.seconds().count());
    }

    IngestLoad const& load_;
    std::string text_;
    std::size_t body_at_ = 0;
    std::vector<Places> places_;
    std::uint64_t run_ = 0, connection_ = 0, count_ = 0, next_;
};

struct Progress {
    std::uint64_t accepted = 0;
    std::vector<double> batches_ms{};
    std::string failure{};
};

/// One connection of the switch.
class Line {
public:
    Line(asio::io_context& loop, IngestLoad const& load, unsigned number, Progress& progress)
        : load_{load},
          socket_{loop},
          request_{load, number},
          expected_{fmt::format(R"("accepted":{},)", load.batch)},
          progress_{progress} {}

    Task<void> run(Clock::time_point end) {
        asio::ip::tcp::endpoint const place{asio::ip::make_address(load_.server.host), load_.server.port};
        auto const [refused] = co_await socket_.async_connect(place, quietly);
        if (refused) co_return fail("no connection");
        socket_.set_option(asio::ip::tcp::no_delay{true});
        while (Clock::now() < end && progress_.failure.empty()) {
            auto const began = Clock::now();
            auto const [cut, sent] = co_await asio::async_write(socket_, asio::buffer(request_.next()), quietly);
            if (cut || !co_await answered()) co_return fail("the connection was closed");
            if (!answer_.starts_with("HTTP/1.1 200") || answer_.find(expected_) == std::string::npos)
                co_return fail(answer_);
            progress_.accepted += load_.batch;
            progress_.batches_ms.push_back(
                std::chrono::duration<double, std::milli>(Clock::now() - began).count());
        }
    }

private:
    /// Reads one answer, head and body.
    Task<bool> answered() {
        answer_.clear();
        auto const [cut, head] =
            co_await asio::async_read_until(socket_, asio::dynamic_buffer(answer_), "\r\n\r\n", quietly);
        if (cut) co_return false;
        constexpr std::string_view name = "Content-Length: ";
        auto const at = answer_.find(name);
        std::size_t size = 0;
        if (at < head) std::from_chars(answer_.data() + at + name.size(), answer_.data() + head, size);
        if (answer_.size() < head + size) {
            auto const [ended, rest] =
                co_await asio::async_read(socket_, asio::dynamic_buffer(answer_),
                                          asio::transfer_exactly(head + size - answer_.size()), quietly);
            if (ended) co_return false;
        }
        co_return true;
    }

    void fail(std::string why) {
        if (progress_.failure.empty()) progress_.failure = std::move(why);
    }

    IngestLoad const& load_;
    asio::ip::tcp::socket socket_;
    Request request_;
    std::string expected_, answer_;
    Progress& progress_;
};

double used_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

IngestResult run(IngestLoad const& load) {
    asio::io_context loop{1};
    Progress progress;
    std::vector<std::unique_ptr<Line>> lines;
    for (unsigned n = 0; n < load.connections; ++n)
        lines.push_back(std::make_unique<Line>(loop, load, n, progress));
    double const before = used_s();
    auto const began = Clock::now();
    auto const end =
        began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(load.seconds));
    for (auto const& line : lines)
        asio::co_spawn(loop, line->run(end), [](std::exception_ptr broken) {
            if (broken) std::rethrow_exception(broken);
        });
    loop.run();
    double const took = std::chrono::duration<double>(Clock::now() - began).count();
    std::ranges::sort(progress.batches_ms);
    auto const percentile = [&](double p) {
        auto const& all = progress.batches_ms;
        return all.empty() ? 0 : all[static_cast<std::size_t>(p * static_cast<double>(all.size() - 1))];
    };
    return {progress.accepted, static_cast<double>(progress.accepted) / took,
            percentile(0.5),   percentile(0.99),
            used_s() - before, progress.failure};
}

}  // namespace samtal::load
