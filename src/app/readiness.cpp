#include "readiness.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace samtal::app {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// However often somebody asks, the databases are asked a few times a second at most.
constexpr auto answer_stays_good = 250ms;

Task<Result<gateway::Reply>> alive() {
    co_return gateway::Reply{200, R"({"status":"alive"})", {}};
}

bool reachable(storage::SubjectKeys& keys) {
    try {
        keys.probe();
        return true;
    } catch (std::exception const&) {
        return false;
    }
}

}  // namespace

void Readiness::add_routes(gateway::Router& router) {
    router.open(net::Method::get, "/healthz", [](gateway::Ask const&) { return alive(); });
    router.open(net::Method::get, "/readyz", [this](gateway::Ask const&) { return ready(); });
}

Task<Readiness::State> Readiness::probe(Readiness& self) {
    std::scoped_lock const lock{self.mutex_};  // held while blocking, on the prober's own thread
    if (std::chrono::steady_clock::now() - self.asked_ > answer_stays_good) {
        self.last_ = {self.db_.probe() == storage::SchemaState::current, reachable(self.keys_)};
        self.asked_ = std::chrono::steady_clock::now();
    }
    co_return self.last_;
}

Task<Result<gateway::Reply>> Readiness::ready() {
    State const state = co_await asio::co_spawn(prober_, probe(*this), asio::use_awaitable);
    auto const word = [](bool good) { return good ? "ready" : "unavailable"; };
    bool const replayed = erasures_replayed_();
    bool const all = state.database && state.keys && replayed;
    co_return gateway::Reply{all ? 200 : 503,
                             fmt::format(R"({{"status":"{}","database":"{}","key_store":"{}","erasures":"{}"}})",
                                         word(all), word(state.database), word(state.keys), word(replayed)),
                             all ? std::vector<net::Header>{} : std::vector<net::Header>{{"Retry-After", "1"}}};
}

}  // namespace samtal::app
