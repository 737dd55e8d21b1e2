#pragma once

#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <type_traits>

namespace samtal::ops {

/// Threads for work that blocks or computes long, so that it never holds up I/O. At most `queue` pieces wait; what
/// comes beyond is told so at once.
class WorkPool {
public:
    WorkPool(std::size_t threads, std::size_t queue) : most_{threads + queue}, threads_{threads} {}
    ~WorkPool() { close(); }
    WorkPool(WorkPool const&) = delete;
    WorkPool& operator=(WorkPool const&) = delete;

    /// `work()` gives a Result. `exhausted` when the queue is full. Resumes on the caller's executor; rethrows
    /// what the work threw.
    template <class Work, class R = std::invoke_result_t<Work&>>
    [[nodiscard]] Task<R> run(Work work) {
        Place const place{taken_};
        if (place.number > most_ || closed_) co_return Error{Errc::exhausted, "too much is being done already"};
        co_return co_await boost::asio::co_spawn(threads_, done<Work, R>(work), boost::asio::use_awaitable);
    }

    /// Finishes what was begun and takes no more.
    void close() {
        if (!closed_.exchange(true)) threads_.join();
    }

private:
    struct Place {
        explicit Place(std::atomic<std::size_t>& taken) : places{taken}, number{++taken} {}
        ~Place() { --places; }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;

        std::atomic<std::size_t>& places;
        std::size_t number;
    };

    template <class Work, class R>
    static Task<R> done(Work& work) {
        co_return work();
    }

    std::size_t most_;
    std::atomic<std::size_t> taken_ = 0;
    std::atomic<bool> closed_ = false;
    boost::asio::thread_pool threads_;
};

}  // namespace samtal::ops
