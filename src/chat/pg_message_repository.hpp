#pragma once

#include "locked_conversations.hpp"
#include "samtal/chat/chat.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <chrono>
#include <mutex>
#include <span>
#include <unordered_map>

namespace samtal::chat {

/// A message on its way to disk, and what became of it.
struct PendingMessage {
    ChatPermit permit;
    SendMessage message;
    MessageId id;
    Timestamp sent_at;
    Result<StoredMessage> result;
    std::shared_ptr<std::vector<UserId> const> members;  // whom to tell; set when it was stored
    bool locked = false;  // its conversation is: nothing was tried, and the result is `exhausted`
    std::chrono::steady_clock::time_point patience{};  // how long it waits for that

    [[nodiscard]] UserId const& share() const noexcept { return permit.actor(); }
    [[nodiscard]] bool postponed() const noexcept { return locked && std::chrono::steady_clock::now() < patience; }
};

/// Appends to `messages`: one round trip and one commit for all messages of a group.
class PgMessageRepository {
public:
    PgMessageRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// Sets each message's result; one bad message harms no other. `not_found` when the sender is no active
    /// member, also for a conversation that does not exist. A repeat gets the first answer, or `conflict` when its
    /// text differs. When the database goes while it writes, waits for it to come back to learn what became of the
    /// group: a message that was stored and told to nobody would be missing on every socket. Throws InDoubt when
    /// it stays away for too long. Waits for no locked conversation for more than a quarter of a second, and only
    /// once: its messages are `locked`, all others are stored.
    Task<void> append(std::span<PendingMessage>);

private:
    using Members = std::shared_ptr<std::vector<UserId> const>;
    struct Known {
        std::int64_t change;
        Members members;
    };
    /// A conversation of the group, as it was under its lock.
    struct Place {
        OrganisationId organisation;
        std::int64_t change;
    };
    using Places = std::unordered_map<ConversationId, Place>;

    Task<void> append_free(std::span<PendingMessage>, bool& in_doubt);
    /// Sets each message's `locked`: of the conversations under suspicion.
    Task<void> set_aside_locked(std::span<PendingMessage>);
    Task<void> append_once(std::span<PendingMessage>);
    Result<void> store_together(storage::Tx&, std::span<PendingMessage>);
    /// Sets the results of those that come back, and says where they stand.
    Places store(storage::Tx&, std::vector<PendingMessage*> const&);
    Result<StoredMessage> outcome(PendingMessage const&, pqxx::row const&);
    void find_members(storage::Tx&, Places const&, std::span<PendingMessage>);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    LockedConversations locked_;
    // Who is in a conversation, as of the `change` that was read under its lock, or later: never older.
    std::mutex mutex_;
    std::unordered_map<ConversationId, Known> known_;
};

}  // namespace samtal::chat
