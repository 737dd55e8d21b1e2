#include "deadline.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace samtal::net {

using Clock = std::chrono::steady_clock;

/// Shared with the wait under way, which may complete after the connection is gone.
struct Deadline::State : std::enable_shared_from_this<State> {
    State(AnyStream s, std::chrono::milliseconds q)
        : stream{std::move(s)}, timer{stream.get_executor()}, shortest{q} {}

    void arm(Clock::time_point now) {
        armed = true;
        timer.expires_at(std::min(at, now + shortest));
        timer.async_wait([self = shared_from_this()](ErrorCode stopped) {
            if (!stopped) self->wake();
        });
    }

    void wake() {
        armed = false;
        if (at == Clock::time_point::max()) return;
        auto const now = Clock::now();
        if (now < at) return arm(now);
        at = Clock::time_point::max();
        passed = true;
        if (then == Then::cancel)
            stream.cancel();
        else
            stream.close();
    }

    AnyStream stream;
    boost::asio::steady_timer timer;
    std::chrono::milliseconds shortest;
    Clock::time_point at = Clock::time_point::max();
    Then then = Then::close;
    bool passed = false;
    bool armed = false;
};

Deadline::Deadline(AnyStream stream, std::chrono::milliseconds shortest)
    : state_{std::make_shared<State>(std::move(stream), shortest)} {}

Deadline::~Deadline() {
    stop();
}

void Deadline::set(std::chrono::milliseconds limit, Then then) {
    auto const now = Clock::now();
    state_->at = now + limit;
    state_->then = then;
    state_->passed = false;
    if (!state_->armed) state_->arm(now);
}

void Deadline::rest() noexcept {
    state_->at = Clock::time_point::max();
}

bool Deadline::passed() const noexcept {
    return state_ && state_->passed;
}

void Deadline::stop() {
    if (!state_) return;
    state_->at = Clock::time_point::max();
    state_->timer.cancel();
    state_.reset();
}

}  // namespace samtal::net
