#include "sequencer.hpp"

#include "checkpoint.hpp"
#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>

namespace samtal::audit {

namespace asio = boost::asio;

namespace {

constexpr std::size_t batch = 1000;
constexpr std::chrono::seconds between_rounds{1};

}  // namespace

Task<Result<Round>> Sequencer::number(TrailPermit const& permit, bool wait) {
    auto const sign = [this](Frontier const& tree, std::string const& previous) {
        return sign_checkpoint(signer_, {tree.size(), tree.root(), note_hash(previous)});
    };
    auto const round = co_await log_.number(permit, batch, wait, sign);
    if (round) {
        waiting_ = round->waiting;
        size_ = round->size;
    }
    co_return round;
}

Task<Result<std::optional<StoredCheckpoint>>> Sequencer::checkpoint(TrailPermit const& permit) {
    for (;;) {
        auto const round = co_await number(permit, true);
        if (!round) co_return round.error();
        if (round->numbered < batch) break;
    }
    co_return co_await log_.newest(permit);
}

Task<bool> Sequencer::round() {
    try {
        auto const permit = permits_.permit_machine<purpose::AuditTrail>(OrganisationId::nil());
        auto const round = co_await number(permit, false);
        failed_ = false;
        bool const more = round && round->numbered == batch;
        if (!more && idle_) co_await idle_(permit);
        co_return more;
    } catch (std::exception const& e) {
        if (!failed_) ops::write_log(ops::Level::error, "audit.not_numbered", ops::field("what", e.what()));
        failed_ = true;
        co_return false;
    }
}

Task<void> Sequencer::rounds() {
    while (!stopping_) {
        if (co_await round()) continue;
        if (stopping_) break;
        pause_.expires_after(between_rounds);
        co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Sequencer::start() {
    // The handler owns the promise: whoever waits may go on, and away, before set_value() has returned.
    auto const promise = std::make_shared<std::promise<void>>();
    ended_ = promise->get_future();
    asio::co_spawn(pause_.get_executor(), rounds(), [promise](std::exception_ptr) { promise->set_value(); });
}

void Sequencer::stop() {
    if (stopping_.exchange(true) || !ended_.valid()) return;
    asio::post(pause_.get_executor(), [this] { pause_.cancel(); });
    ended_.wait();
}

}  // namespace samtal::audit
