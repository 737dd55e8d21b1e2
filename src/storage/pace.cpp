#include "samtal/storage/pace.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace samtal::storage {

namespace {

constexpr std::chrono::nanoseconds no_time{1};
constexpr double most_growth = 2;  // one quick batch does not tell much

}  // namespace

Pace::Pace(Options options) : options_{options} {
    options_.least = std::min(options_.least, options_.most);
    rows_ = options_.least;
}

std::chrono::nanoseconds Pace::after(std::chrono::nanoseconds took) noexcept {
    std::chrono::duration<double> const measured = std::max(took, no_time);
    double const growth = std::min(options_.batch_time / measured, most_growth);
    rows_ = static_cast<int>(std::clamp(rows_ * growth, 1.0 * options_.least, 1.0 * options_.most));
    return std::chrono::duration_cast<std::chrono::nanoseconds>(measured * (1 / options_.share - 1));
}

Task<void> Pace::rest(std::chrono::nanoseconds took) {
    auto const pause = after(took);
    if (pause.count() == 0) co_return;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, pause};
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace samtal::storage
