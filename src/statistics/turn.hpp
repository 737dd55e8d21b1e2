#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace samtal::statistics {

/// Mutual exclusion of coroutines on one thread's executor, across their suspensions.
class Turn {
public:
    explicit Turn(boost::asio::any_io_executor const& executor)
        : next_{executor, boost::asio::steady_timer::time_point::max()} {}

    struct End {
        void operator()(Turn* turn) const noexcept {
            turn->taken_ = false;
            turn->next_.cancel_one();
        }
    };
    using Held = std::unique_ptr<Turn, End>;

    Task<Held> take() {
        while (taken_) co_await next_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        taken_ = true;
        co_return Held{this};
    }

private:
    boost::asio::steady_timer next_;
    bool taken_ = false;
};

}  // namespace samtal::statistics
