#include "watch.hpp"

#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace samtal::delivery {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto round_every = 250ms;
constexpr auto check_every = 1s;
constexpr auto aftermath = 1'500ms;  // a commit may come after the death of who asked for it
constexpr auto on_its_way = 500ms;   // what is younger is not missing yet
constexpr auto slack = 15s;          // between a message's time and its commit, and between two servers' clocks
constexpr auto patience_of_clients = 10s;

}  // namespace

Watch::Watch(DeliveryParts const& parts, Bus const& bus, Outbox& outbox, Peers& peers, Sequencer& sequencer,
             Announcer& announcer)
    : parts_{parts},
      bus_{bus},
      outbox_{outbox},
      peers_{peers},
      sequencer_{sequencer},
      announcer_{announcer},
      timer_{parts.executor},
      good_until_{system_now()} {}

void Watch::start() {
    lease_seen_ = std::chrono::steady_clock::now();
    background_.spawn(parts_.executor, rounds(*this));
}

void Watch::stop() {
    stopping_ = true;
    asio::post(parts_.executor, [this] { timer_.cancel(); });
    background_.wait();
}

Task<void> Watch::rounds(Watch& self) {
    while (!self.stopping_) {
        self.round();
        self.timer_.expires_after(round_every);
        co_await self.timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Watch::round() {
    outbox_.beat();
    auto const now = std::chrono::steady_clock::now();
    bool const lease = parts_.nodes.holds_lease();
    leave_sockets(lease, now);
    report();
    if (trouble(lease, now)) {
        last_trouble_ = now;
        due_ = true;
    }
    if (!due_) good_until_ = system_now();
    sequencer_.good_until(good_until_);
    if (lease) background_.spawn(parts_.executor, tell_again(*this));
    if (!due_ || !lease || checking_ || now - last_check_ < check_every) return;
    checking_ = true;
    last_check_ = now;
    background_.spawn(parts_.executor, check(*this, now));
}

bool Watch::trouble(bool lease, Steady now) {
    auto const others = parts_.nodes.others();
    bool const unsteady = lease != std::exchange(had_lease_, lease) || !lease;
    auto const news = peers_.look(others, now);
    for (auto const& node : news.gone) parts_.unsighted(uuid_text(node));
    return unsteady || news.trouble || (!bus_.connected() && !others.empty());
}

void Watch::report() {
    if (!asked_.exchange(false)) return;
    outbox_.add(Afresh{});
    parts_.report();
}

/// Their clients do better elsewhere.
void Watch::leave_sockets(bool lease, Steady now) {
    if (lease) {
        lease_seen_ = now;
        left_ = false;
    } else if (!left_ && now - lease_seen_ > patience_of_clients) {
        left_ = true;
        parts_.sockets.close_all(net::CloseCode::going_away);
    }
}

Task<void> Watch::check(Watch& self, Steady began) {
    try {
        Timestamp const now = system_now();
        auto const heads = co_await self.parts_.log.between(self.good_until_ - slack, now - on_its_way);
        if (heads) {
            for (gateway::Head const& head : *heads) self.sequencer_.reach(head, self.good_until_ - slack);
            self.good_until_ = now;
            if (began - self.last_trouble_ > aftermath) {
                self.due_ = false;
                self.outbox_.add(Ask{});
            }
        }
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "delivery.not_checked", ops::field("what", e.what()));
    }
    self.checking_ = false;
}

Task<void> Watch::tell_again(Watch& self) {
    try {
        co_await self.announcer_.try_again();
    } catch (std::exception const&) {
        co_return;  // it is kept, and tried again
    }
}

}  // namespace samtal::delivery
