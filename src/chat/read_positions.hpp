#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/chat/room.hpp"
#include "samtal/storage/batcher.hpp"

#include <vector>

namespace samtal::chat {

/// That the permit's actor has read a conversation up to `seq`.
struct PendingRead {
    ChatPermit permit;
    ConversationId conversation;
    std::int64_t seq;
};

/// Keeps how far people have read: what arrives during one commit goes together into the next.
class ReadPositions {
public:
    explicit ReadPositions(Tools const&);

    /// Moves forward only. Resumes after the commit; where too many wait, the client says it again with its next
    /// one.
    Task<void> keep(ChatPermit, ConversationId, std::int64_t seq);

private:
    storage::Batcher<PendingRead> batcher_;
};

}  // namespace samtal::chat
