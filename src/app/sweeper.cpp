#include "sweeper.hpp"

#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace samtal::app {

namespace asio = boost::asio;

Task<void> Sweeper::rounds(Sweeper& self) {
    while (!self.stopping_) {
        self.timer_.expires_after(std::chrono::minutes{1});
        co_await self.timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (self.stopping_) co_return;
        self.calls_.sweep();
        try {
            (void)co_await self.identity_.sweep();
        } catch (std::exception const& e) {
            ops::write_log(ops::Level::warning, "sweep.failed", ops::field("what", e.what()));
        }
    }
}

void Sweeper::start() {
    asio::co_spawn(timer_.get_executor(), rounds(*this), asio::detached);
}

void Sweeper::stop() {
    asio::post(timer_.get_executor(), [this] {
        stopping_ = true;
        timer_.cancel();
    });
}

}  // namespace samtal::app
