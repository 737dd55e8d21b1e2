#include "retention_job.hpp"

#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <numeric>
#include <random>

namespace samtal::retention {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ops::field;
using ops::Level;

RetentionJob::RetentionJob(RetentionService& service, RetentionParts const& parts, RetentionOptions const& options)
    : service_{service}, permits_{parts.permits}, every_{options.every}, timer_{parts.executor} {
    parts.metrics.gauges("samtal_retention_overdue_rows", "category", [this] {
        std::scoped_lock const lock{mutex_};
        return std::map<std::string, double>{overdue_.begin(), overdue_.end()};
    });
}

void RetentionJob::start() {
    auto promise = std::make_shared<std::promise<void>>();
    ended_ = promise->get_future();
    asio::co_spawn(timer_.get_executor(), rounds(), [promise](std::exception_ptr) { promise->set_value(); });
}

void RetentionJob::stop() {
    if (stopping_.exchange(true)) return;
    service_.stop();
    if (!ended_.valid()) return;
    asio::post(timer_.get_executor(), [this] { timer_.cancel(); });
    ended_.wait();
}

/// A tenth around the period, so that the servers of a deployment do not all ask at once.
std::chrono::milliseconds RetentionJob::pause() const {
    std::minstd_rand random{std::random_device{}()};
    std::uniform_real_distribution<double> factor{0.9, 1.1};
    return std::chrono::duration_cast<std::chrono::milliseconds>(every_ * factor(random));
}

Task<void> RetentionJob::rounds() {
    constexpr std::chrono::milliseconds round = 10min;
    auto next = std::chrono::steady_clock::now() + pause() / 4;  // soon, also where servers do not live long
    while (!stopping_) {
        co_await refresh();
        if (!stopping_ && std::chrono::steady_clock::now() >= next) {
            co_await try_run();
            co_await refresh();
            next = std::chrono::steady_clock::now() + pause();
        }
        if (stopping_) break;
        timer_.expires_at(std::min(std::chrono::steady_clock::now() + round, next));
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

Task<void> RetentionJob::refresh() {
    try {
        auto const permit = permits_.permit_machine<purpose::Retention>(OrganisationId::nil());
        auto const overdue = co_await service_.overdue(permit);
        if (!overdue) co_return;
        std::scoped_lock const lock{mutex_};
        overdue_ = *overdue;
    } catch (std::exception const& e) {
        ops::write_log(Level::warning, "retention.not_counted", field("what", e.what()));
    }
}

Task<void> RetentionJob::try_run() {
    try {
        auto const permit = permits_.permit_machine<purpose::Retention>(OrganisationId::nil());
        auto const counts = co_await service_.run(permit, RunKind::scheduled, system_now());
        if (!counts || !*counts) co_return;
        auto const add = [](std::int64_t sum, auto const& count) { return sum + count.second; };
        std::int64_t const rows = std::accumulate((*counts)->begin(), (*counts)->end(), std::int64_t{0}, add);
        ops::write_log(Level::info, "retention.run", field("rows", rows));
    } catch (std::exception const& e) {
        ops::write_log(Level::warning, "retention.failed", field("what", e.what()));
    }
}

}  // namespace samtal::retention
