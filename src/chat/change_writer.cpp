#include "change_writer.hpp"

#include "until_known.hpp"

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
    co_await submit_until_free(lanes_[lane], pending, busy);
    if (!pending.result) co_return pending.result.error();
    co_return std::move(pending.result->changed);
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
