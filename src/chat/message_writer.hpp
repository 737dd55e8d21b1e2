#pragma once

#include "pg_message_repository.hpp"
#include "samtal/chat/room.hpp"
#include "samtal/storage/batcher.hpp"

#include <array>
#include <functional>

namespace samtal::chat {

/// Group commit: all messages that arrive during one commit go into the next.
class MessageWriter {
public:
    /// `tell` is called for every message that was stored now, in the order of its conversation, on the tools'
    /// executor.
    MessageWriter(Tools const& tools, Limits limits, std::function<void(PendingMessage const&)> tell);

    /// Resumes on the caller's executor after the commit. `exhausted` when too many are waiting, or when the
    /// conversation was locked for five seconds.
    Task<Result<StoredMessage>> write(ChatPermit, SendMessage, Timestamp sent_at);

private:
    storage::Batcher<PendingMessage> batcher(Tools const&, Limits);
    void finish(std::span<PendingMessage const>, std::function<void()> const& resume);

    std::function<void(PendingMessage const&)> tell_;
    PgMessageRepository messages_;
    // A conversation always goes by the same one, which keeps its order; while one waits for the disk another
    // works.
    std::array<storage::Batcher<PendingMessage>, 2> batchers_;
};

}  // namespace samtal::chat
