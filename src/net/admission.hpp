#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <utility>

namespace samtal::net {

/// A connection of which nobody knows yet whose it is, counted until it is known or gone.
class Stranger {
public:
    explicit Stranger(std::atomic<std::size_t>& count) noexcept : count_{&count} { ++count; }
    Stranger(Stranger&& other) noexcept : count_{std::exchange(other.count_, nullptr)} {}
    Stranger& operator=(Stranger&&) = delete;
    ~Stranger() { recognise(); }

    void recognise() noexcept {
        if (count_ != nullptr) --*std::exchange(count_, nullptr);
    }

private:
    std::atomic<std::size_t>* count_;
};

/// How fast connections are taken in, so that whoever comes in a burst waits in the backlog, and not in the way of
/// those who are here. A stranger costs 80 microseconds of CPU from coming to being cut, most of it the system's.
/// Used on its executor, but for strangers().
class Admission {
public:
    using Clock = std::chrono::steady_clock;

    explicit Admission(boost::asio::any_io_executor executor) : pause_{std::move(executor)} {}

    /// To be held for as long as the connection's owner is unknown. This outlives it.
    [[nodiscard]] Stranger stranger() noexcept { return Stranger{strangers_}; }
    [[nodiscard]] std::size_t strangers() const noexcept { return strangers_.load(); }

    /// To be awaited after each connection.
    Task<void> keep_pace();
    Task<void> wait(Clock::duration);
    /// Ends the waiting.
    void stop() { pause_.cancel(); }

private:
    boost::asio::steady_timer pause_;
    std::atomic<std::size_t> strangers_{0};
    unsigned together_ = 0;  // admitted since the last ones were due
    Clock::time_point due_;
};

}  // namespace samtal::net
