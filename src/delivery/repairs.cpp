#include "repairs.hpp"

#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace samtal::delivery {

namespace asio = boost::asio;

namespace {

constexpr int lane_count = 4;

}  // namespace

Repairs::Repairs(Sequencer& sequencer, gateway::EventLog& log, asio::any_io_executor executor)
    : sequencer_{sequencer}, log_{log}, executor_{std::move(executor)} {
    for (int i = 0; i < lane_count; ++i) timers_.emplace_back(executor_);
}

void Repairs::start() {
    for (auto& timer : timers_) lanes_.spawn(executor_, lane(*this, timer));
}

void Repairs::wake() {
    if (woken_.exchange(true)) return;
    asio::post(executor_, [this] {
        woken_ = false;
        for (auto& timer : timers_) timer.cancel();
    });
}

void Repairs::stop() {
    stopping_ = true;
    wake();
    lanes_.wait();
}

Task<void> Repairs::lane(Repairs& self, asio::steady_timer& timer) {
    while (!self.stopping_) {
        Sequencer::Steady due;
        auto const gap = self.sequencer_.next_gap(std::chrono::steady_clock::now(), due);
        if (!gap) {
            timer.expires_at(due);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        bool filled = false;
        try {
            if (auto const missed = co_await self.log_.missed(*gap)) {
                self.sequencer_.filled(*gap, *missed);
                filled = true;
            }
        } catch (std::exception const& e) {
            ops::write_log(ops::Level::warning, "delivery.not_read_back", ops::field("what", e.what()));
        }
        if (!filled) self.sequencer_.failed(*gap, std::chrono::steady_clock::now());
    }
}

}  // namespace samtal::delivery
