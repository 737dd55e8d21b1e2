#pragma once

#include "locked_conversations.hpp"
#include "samtal/chat/chat.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::chat {

/// A change as it was stored, and who is to hear of it.
struct Applied {
    Changed changed;
    bool fresh = true;               // false: there was nothing to do, and nobody is told
    std::vector<UserId> audience{};  // members after the change, and those that it removed
    std::vector<UserId> came{};      // of AddMembers
    std::optional<UserId> heir{};    // of RemoveMember: who became owner
    std::int64_t seq = 0;            // how far the messages were
};

/// Makes changes: each under its conversation's lock, which gives it its number.
class PgChangeRepository {
public:
    PgChangeRepository(storage::Database& db, storage::ColumnCipher& cipher, std::size_t most_members)
        : db_{db}, cipher_{cipher}, most_members_{most_members} {}

    /// When the database goes meanwhile, waits for it to come back to learn what became of the change: one that
    /// was made has somebody to tell. Throws InDoubt when it stays away for too long; Locked when the conversation
    /// is locked for more than a quarter of a second, and from then on at once until it was free.
    Task<Result<Applied>> apply(ChatPermit const&, Change const&);

private:
    struct Work;  // one attempt
    /// `left`: what an attempt before this one would leave, if it was committed.
    Task<Result<Applied>> attempt(ChatPermit const&, Change const&, std::optional<Applied>& left);
    Result<Applied> make(Work&, EditMessage const&);
    Result<Applied> make(Work&, DeleteMessage const&);
    Result<Applied> make(Work&, AddMembers const&);
    Result<Applied> make(Work&, RemoveMember const&);
    Result<Applied> make(Work&, Retitle const&);
    Result<Message> own_message(Work&, MessageId);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    std::size_t most_members_;
    LockedConversations locked_;
};

}  // namespace samtal::chat
