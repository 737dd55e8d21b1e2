#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::chat {

/// Conversations and who is in them.
class PgConversationRepository {
public:
    PgConversationRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// The one of the actor and `other`: made, or found. Who had left comes back. This and `group` wait for a
    /// database that goes meanwhile to come back, to learn what became of it; InDoubt when it stays away for too
    /// long.
    Task<Result<Created>> direct(ChatPermit const&, UserId other, ConversationId fresh);
    Task<Result<Created>> group(ChatPermit const&, NewConversation const&, ConversationId fresh);
    Task<Result<ConversationPage>> page(ChatPermit const&, std::optional<ConversationId> before,
                                        std::size_t limit);
    Task<Result<Conversation>> find(ChatPermit const&, ConversationId);
    /// For a machine.
    Task<Result<Conversation>> as_seen_by(ChatPermit const&, UserId member, ConversationId);
    /// `not_found` unless the actor is one of them.
    Task<Result<std::vector<UserId>>> members(ChatPermit const&, ConversationId, std::size_t most);

private:
    Conversation conversation_of(pqxx::row const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::chat
