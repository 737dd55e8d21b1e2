#include "samtal/storage/purpose_pool.hpp"

#include "connection.hpp"
#include "watchdog.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace samtal::storage {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto idle_time = 60s;
constexpr int most_attempts = 3;

/// Runs the job to its end on this connection, anew after a serialization failure; makes a new connection where
/// the old one is gone. What is left in `failure` is the caller's.
void perform(Job& job, std::optional<Connection>& connection, LoginOptions const& login,
             QueryObserver const& observer) {
    bool in_doubt = false;  // whether an attempt may have been committed
    for (int attempt = 1;; ++attempt) {
        try {
            if (!connection) connection.emplace(login);
            try {
                Watchdog::Watch const watch{connection->raw().sock(), longest_job(login.statement_timeout_ms)};
                connection->run(job, observer);
                return;
            } catch (InDoubt const&) {
                // It may have died while it was idle, or after the commit and before the answer: bodies can be
                // repeated.
                in_doubt = true;
                connection.reset();
                if (attempt == most_attempts) throw;
            } catch (TookTooLong const&) {
                throw;  // and the connection is as good as before
            } catch (Unavailable const&) {
                connection.reset();
                if (attempt == most_attempts) throw;
            } catch (Retry const&) {
                connection.reset();  // after a deadlock a new one costs little
                if (attempt == most_attempts) throw Unavailable{"the database is too busy"};
            }
        } catch (Unavailable const&) {
            job.failure = in_doubt ? std::make_exception_ptr(InDoubt{}) : std::current_exception();
            return;
        } catch (...) {
            job.failure = std::current_exception();
            return;
        }
    }
}

}  // namespace

PurposePool::PurposePool(LoginOptions login, unsigned connections, std::size_t queue_limit, QueryObserver observer)
    : login_{std::move(login)},
      most_threads_{connections},
      queue_limit_{queue_limit},
      observer_{std::move(observer)} {}

PurposePool::~PurposePool() {
    close();
}

bool PurposePool::enqueue(Job& job) {
    {
        std::scoped_lock const lock{mutex_};
        if (closing_ || queue_.size() >= queue_limit_) return false;
        queue_.push_back(&job);
        if (queue_.size() > idle_ && threads_.size() < most_threads_) threads_.emplace_back([this] { work(); });
    }
    wake_.notify_one();
    return true;
}

Task<bool> PurposePool::execute(Job& job) {
    bool const taken = co_await asio::async_initiate<decltype(asio::use_awaitable), void(bool)>(
        [this, &job](auto handler) {
            auto const executor = asio::get_associated_executor(handler);
            // Shared, because std::function copies; called once.
            auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            job.done = [resume, executor] {
                asio::post(executor, [resume]() mutable { std::move (*resume)(true); });
            };
            if (!enqueue(job)) asio::post(executor, [resume]() mutable { std::move (*resume)(false); });
        },
        asio::use_awaitable);
    if (job.failure) std::rethrow_exception(job.failure);
    co_return taken;
}

Job* PurposePool::next(bool connected) {
    std::unique_lock lock{mutex_};
    ++idle_;
    auto const ready = [this] { return closing_ || !queue_.empty(); };
    if (connected)
        wake_.wait_for(lock, idle_time, ready);
    else
        wake_.wait(lock, ready);
    --idle_;
    if (queue_.empty()) return nullptr;
    Job* const job = queue_.front();
    queue_.pop_front();
    return job;
}

void PurposePool::work() {
    std::optional<Connection> connection;
    for (;;) {
        Job* const job = next(connection.has_value());
        if (job == nullptr) {
            connection.reset();  // idle for a minute, or closing
            std::scoped_lock const lock{mutex_};
            if (closing_ && queue_.empty()) return;
            continue;
        }
        perform(*job, connection, login_, observer_);
        auto const done = std::move(job->done);  // the job may be gone as soon as its owner runs
        done();
    }
}

void PurposePool::close() {
    {
        std::scoped_lock const lock{mutex_};
        closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

}  // namespace samtal::storage
