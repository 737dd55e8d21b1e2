#include "change_writer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace samtal::chat {

namespace {

constexpr Error busy{Errc::exhausted, "too many changes are waiting"};
constexpr Error locked_now{Errc::exhausted, "this conversation is locked"};
constexpr std::size_t most_waiting = 2'000;

}  // namespace

ChangeWriter::ChangeWriter(Tools const& tools, Limits limits, std::function<void(PendingChange const&)> tell)
    : tell_{std::move(tell)},
      changes_{tools.db, tools.cipher, limits.members},
      lanes_{batcher(tools), batcher(tools)} {}

storage::Batcher<PendingChange> ChangeWriter::batcher(Tools const& tools) {
    return {{tools.executor, 1, most_waiting, 1},
            [this](std::span<PendingChange> group) { return write_one(group); }};
}

Task<Result<Changed>> ChangeWriter::write(ChatPermit const& permit, Change change) {
    auto const lane = std::hash<ConversationId>{}(conversation_of(change)) % lanes_.size();
    PendingChange pending{&permit, std::move(change), busy, false};
    co_await submit_until_free(lanes_[lane], pending);
    if (!pending.result) co_return pending.result.error();
    co_return std::move(pending.result->changed);
}

/// It is the change's maker who waits, and not whoever works on the changes of all.
Task<void> ChangeWriter::submit_until_free(storage::Batcher<PendingChange>& lane, PendingChange& pending) {
    constexpr std::chrono::seconds longest_wait{5};
    constexpr std::chrono::milliseconds between_looks{50};
    auto const give_up = std::chrono::steady_clock::now() + longest_wait;
    for (;;) {
        pending.locked = false;
        pending.result = busy;
        co_await lane.submit(pending);
        if (!pending.locked || std::chrono::steady_clock::now() > give_up) co_return;
        boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor, between_looks};
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

Task<void> ChangeWriter::write_one(std::span<PendingChange> group) {
    for (PendingChange& pending : group) {
        try {
            pending.result = co_await changes_.apply(*pending.permit, pending.change);
        } catch (storage::Locked const&) {
            pending.locked = true;
            pending.result = locked_now;
        }
        if (pending.result && pending.result->fresh) tell_(pending);
    }
}

}  // namespace samtal::chat
