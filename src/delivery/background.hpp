#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>

namespace samtal::delivery {

/// Coroutines that run by themselves until they are told to end, and somebody who waits for that. They must not
/// throw.
class Background {
public:
    void spawn(boost::asio::any_io_executor const& executor, Task<void> task) {
        {
            std::scoped_lock const lock{mutex_};
            ++running_;
        }
        boost::asio::co_spawn(executor, std::move(task), [this](std::exception_ptr const&) {
            std::scoped_lock const lock{mutex_};
            --running_;
            ended_.notify_all();
        });
    }
    /// From a thread that is not the executor's.
    void wait() {
        std::unique_lock lock{mutex_};
        ended_.wait(lock, [this] { return running_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    unsigned running_ = 0;
};

}  // namespace samtal::delivery
