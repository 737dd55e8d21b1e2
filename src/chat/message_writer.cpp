#include "message_writer.hpp"

#include "samtal/core/uuid_v7.hpp"

#include <utility>

namespace samtal::chat {

namespace {

constexpr Error busy{Errc::exhausted, "too many messages are waiting"};
constexpr std::chrono::seconds longest_wait_for_lock{5};

}  // namespace

MessageWriter::MessageWriter(Tools const& tools, Limits limits, std::function<void(PendingMessage const&)> tell)
    : tell_{std::move(tell)},
      messages_{tools.db, tools.cipher},
      batchers_{batcher(tools, limits), batcher(tools, limits)} {}

storage::Batcher<PendingMessage> MessageWriter::batcher(Tools const& tools, Limits limits) {
    return {{tools.executor, limits.group, limits.waiting, 1},
            [this](std::span<PendingMessage> group) { return messages_.append(group); },
            [this](std::span<PendingMessage> group, auto const& resume) { finish(group, resume); }};
}

Task<Result<StoredMessage>> MessageWriter::write(ChatPermit permit, SendMessage message, Timestamp sent_at) {
    PendingMessage pending{std::move(permit), std::move(message), MessageId{uuid_v7(sent_at)}, sent_at, busy, {}};
    pending.patience = std::chrono::steady_clock::now() + longest_wait_for_lock;
    auto const lane = std::hash<ConversationId>{}(pending.message.conversation) % batchers_.size();
    co_await batchers_[lane].submit(pending);
    co_return pending.result;
}

/// What others write to a sender and the answer to the sender's own message leave together.
void MessageWriter::finish(std::span<PendingMessage const> group, std::function<void()> const& resume) {
    net::PushTogether const together;
    for (PendingMessage const& pending : group)
        if (pending.result && !pending.result->repeated) tell_(pending);
    resume();
}

}  // namespace samtal::chat
