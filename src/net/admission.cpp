#include "admission.hpp"

#include "as_result.hpp"

#include <algorithm>

namespace samtal::net {

using namespace std::chrono_literals;

namespace {

// Ten thousand a second: clients that come back after a server's end say in their first request whose they are.
constexpr unsigned admitted_together = 20;
constexpr auto pace = 2ms;
// Two thousand, once so many are here who have said nothing.
constexpr std::size_t many_strangers = 500;
constexpr auto slow_pace = 10ms;
constexpr auto most_late = 10ms;  // that is made up for: a busy machine wakes us late

}  // namespace

Task<void> Admission::keep_pace() {
    if (++together_ < admitted_together) co_return;
    together_ = 0;
    auto const now = Clock::now();
    due_ = std::max(due_ + (strangers() < many_strangers ? pace : slow_pace), now - most_late);
    if (due_ > now) co_await wait(due_ - now);
}

Task<void> Admission::wait(Clock::duration time) {
    pause_.expires_after(time);
    co_await pause_.async_wait(as_result);
}

}  // namespace samtal::net
