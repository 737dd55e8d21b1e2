#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/gateway/event_log.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::chat {

/// Reads `messages`. Everything is joined with membership, so a stranger's question finds nothing.
class PgHistoryRepository {
public:
    PgHistoryRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// Newest first.
    Task<Result<std::vector<Message>>> before(ChatPermit const&, History const&);
    /// Oldest first, with a sequence number above `seq`.
    Task<Result<std::vector<Message>>> after(ChatPermit const&, ConversationId, std::int64_t seq,
                                             std::size_t limit);
    /// What a machine passes on to the members: oldest first, above `after` up to `until`. With no `after`, those
    /// that were sent from `since` on.
    struct Stretch {
        ConversationId conversation;
        std::optional<std::int64_t> after;
        std::int64_t until;
        Timestamp since;
        std::size_t limit;
    };
    struct Told {
        std::vector<UserId> members;
        std::vector<Message> messages;
    };
    Task<Result<Told>> stretch(ChatPermit const&, Stretch const&);
    /// The conversations with messages of this time.
    Task<Result<std::vector<gateway::Head>>> between(ChatPermit const&, Timestamp from, Timestamp to);
    /// How far these conversations are now; those that the actor is no member of are left out.
    Task<Result<std::vector<Caught>>> heads(ChatPermit const&, std::vector<Position> const&);

private:
    Result<std::vector<Message>> messages_of(pqxx::result const&);
    Message message_of(pqxx::row const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::chat
