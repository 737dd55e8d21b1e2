#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::chat {

/// Changes with numbers above `after`, up to `until`, of messages up to `seq`.
struct Changes {
    std::int64_t after;
    std::int64_t until;
    std::int64_t seq;
    std::size_t limit;
};

/// Reads `messages`. Everything is joined with membership, so a stranger's question finds nothing.
class PgHistoryRepository {
public:
    PgHistoryRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// Newest first.
    Task<Result<std::vector<Message>>> before(ChatPermit const&, History const&);
    /// Oldest first, with a sequence number above `seq`.
    Task<Result<std::vector<Message>>> after(ChatPermit const&, ConversationId, std::int64_t seq,
                                             std::size_t limit);
    /// Messages that changed, in the order of their latest changes.
    Task<Result<std::vector<Message>>> changed(ChatPermit const&, ConversationId, Changes);
    /// How far these conversations are now; those that the actor is no member of are left out.
    Task<Result<std::vector<Caught>>> heads(ChatPermit const&, std::vector<Position> const&);

private:
    Result<std::vector<Message>> messages_of(pqxx::result const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::chat
