#include "samtal/statistics/statistics.hpp"

#include "closer.hpp"
#include "delivery.hpp"
#include "flusher.hpp"
#include "samtal/ops/log.hpp"
#include "turn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>

namespace samtal::statistics {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds round_every = 60s;
constexpr milliseconds first_retry = 1s;
constexpr auto grace = 2min;  // after midnight, for other servers' last minute of the day
constexpr auto patience = 30s;
constexpr milliseconds slowest_look = 2s;

std::uint32_t day_at(Timestamp at) {
    return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::days>(at).time_since_epoch().count());
}

}  // namespace

class Statistics::Service : public std::enable_shared_from_this<Service> {
public:
    Service(StatisticsOptions const& options, storage::Database& db, storage::KeyRing const& ring,
            PermitIssuer& permits, asio::any_io_executor executor, Clock clock)
        : executor_{std::move(executor)},
          permits_{permits},
          clock_{std::move(clock)},
          policies_{Policies::load(options.labels_file)},
          recorder_{policies_, clock_},
          keys_{options.keystore, ring},
          contributions_{db, policies_},
          releases_{db, policies_},
          link_{options.worker_address, options.worker_port, read_link_key(options.link_key_file)} {}

    Recorder& recorder() noexcept { return recorder_; }

    void start() {
        // The handler owns the promise: whoever waits may go on, and away, before set_value() has returned.
        auto const promise = std::make_shared<std::promise<void>>();
        ended_ = promise->get_future();
        asio::co_spawn(executor_, rounds(), [promise](std::exception_ptr) { promise->set_value(); });
    }

    void stop() {
        if (stopping_.exchange(true)) return;
        link_.stop();
        if (ended_.valid()) {
            asio::post(executor_, [self = shared_from_this()] { self->pause_.cancel(); });
            ended_.wait();
        }
        keys_.close();
    }

    /// Keeps `self` alive for as long as it is awaited.
    static Task<Result<CloseReport>> close_epoch(std::shared_ptr<Service> self) {
        co_return co_await asio::co_spawn(self->executor_, close_there(self), asio::use_awaitable);
    }

private:
    static Task<Result<CloseReport>> close_there(std::shared_ptr<Service> self) {
        co_return co_await self->close_today();
    }

    [[nodiscard]] StatisticsPermit permit() {
        return permits_.permit_machine<purpose::AnonymousStatistics>(OrganisationId::nil());
    }

    Task<void> rounds();
    Task<bool> round();
    Task<bool> try_round();
    Task<Result<CloseReport>> close_today();
    Task<void> await_delivery(Epoch);
    void report_left_out();

    asio::any_io_executor executor_;
    PermitIssuer& permits_;
    Clock clock_;
    Policies const policies_;
    FoldingRecorder recorder_;
    PgEpochKeysRepository keys_;
    PgContributionRepository contributions_;
    PgReleaseRepository releases_;
    LinkClient link_;
    Flusher flusher_{recorder_, contributions_, keys_};
    Closer closer_{policies_, contributions_, releases_, keys_};
    Delivery delivery_{releases_, link_};
    Turn turn_{executor_};  // a round and close_epoch do not flush at once
    asio::steady_timer pause_{executor_};
    std::atomic<bool> stopping_ = false;
    std::future<void> ended_;
    std::uint64_t left_out_ = 0;
};

Task<void> Statistics::Service::rounds() {
    milliseconds retry = first_retry;
    while (!stopping_) {
        bool const done = co_await try_round();
        retry = done ? first_retry : std::min(2 * retry, round_every);
        if (stopping_) break;
        pause_.expires_after(done ? round_every : retry);
        co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await try_round();  // what was folded since
}

/// Breakage ends here: the next round tries again.
Task<bool> Statistics::Service::try_round() {
    try {
        co_return co_await round();
    } catch (Unavailable const&) {
        ops::write_log(ops::Level::warning, "statistics.unavailable");
    } catch (storage::SqlFailure const& e) {
        ops::write_log(ops::Level::error, "statistics.failed", ops::field("problem", e.what()));
    } catch (std::exception const&) {
        ops::write_log(ops::Level::error, "statistics.failed");
    }
    co_return false;
}

Task<bool> Statistics::Service::round() {
    auto const may = permit();
    {
        auto const held = co_await turn_.take();
        Timestamp const now = clock_();
        co_await flusher_.flush(may, day_at(now));
        if (stopping_) co_return true;
        // Every day is released, also one on which nothing happened: that is nobody's business either.
        if (!co_await contributions_.open_epoch(may, day_at(now), day_at(now))) throw Unavailable{"no open epoch"};
        co_await closer_.close_past(may, day_at(now - grace));
        co_await closer_.destroy_keys(may);
    }
    report_left_out();
    co_return co_await delivery_.deliver(may);
}

void Statistics::Service::report_left_out() {
    std::uint64_t const now = recorder_.left_out();
    if (now != left_out_)
        ops::write_log(ops::Level::warning, "statistics.left_out", ops::field("events", now - left_out_));
    left_out_ = now;
}

Task<Result<CloseReport>> Statistics::Service::close_today() {
    if (stopping_) throw Unavailable{"the server is stopping"};
    Epoch epoch = 0;
    {
        auto const may = permit();
        auto const held = co_await turn_.take();
        std::uint32_t const today = day_at(clock_());
        co_await flusher_.flush(may, today);
        auto const closed = co_await closer_.close_now(may, today);
        if (!closed) co_return closed.error();
        epoch = *closed;
        co_await closer_.destroy_keys(may);
    }
    co_await await_delivery(epoch);
    Timestamp const day{std::chrono::days{day_of(epoch)}};
    co_return CloseReport{rfc3339(day).substr(0, 10), epoch};
}

Task<void> Statistics::Service::await_delivery(Epoch epoch) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    milliseconds pause = 50ms;
    asio::steady_timer timer{executor_};
    for (;;) {
        auto const may = permit();
        co_await delivery_.deliver(may);
        auto const delivered = co_await releases_.is_delivered(may, epoch);
        if (delivered && *delivered) co_return;
        if (stopping_ || std::chrono::steady_clock::now() + pause > deadline)
            throw Unavailable{"the worker has not stored the release yet"};
        timer.expires_after(pause);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        pause = std::min(2 * pause, slowest_look);
    }
}

Statistics::Statistics(StatisticsOptions const& options, storage::Database& db, storage::KeyRing const& ring,
                       PermitIssuer& permits, asio::any_io_executor executor, Clock clock)
    : service_{std::make_shared<Service>(options, db, ring, permits, std::move(executor), std::move(clock))} {}

Statistics::~Statistics() {
    service_->stop();
}

Recorder& Statistics::recorder() noexcept {
    return service_->recorder();
}

void Statistics::start() {
    service_->start();
}

void Statistics::stop() {
    service_->stop();
}

Task<Result<CloseReport>> Statistics::close_epoch() {
    return Service::close_epoch(service_);
}

}  // namespace samtal::statistics
