#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/gateway/event_log.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::chat {

/// What a machine reads to pass it on to the members, who may each see it from some message on.
class PgToldRepository {
public:
    using Gap = gateway::EventLog::Gap;
    struct Reader {
        UserId user;
        std::int64_t visible_from;
    };
    struct Told {
        std::vector<Reader> readers;
        std::vector<Message> messages;  // by number, at most `limit`
        std::int64_t info_change = 0;   // the latest change of title or members
        std::int64_t last_seq = 0;
        std::int64_t after = 0;  // of changes: these are all beyond it; -1: the conversation itself is news
    };

    PgToldRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    Task<Result<std::vector<gateway::Head>>> between(ChatPermit const&, Timestamp from, Timestamp to);
    Task<Result<Told>> messages(ChatPermit const&, Gap const&, std::size_t limit);
    Task<Result<Told>> changes(ChatPermit const&, Gap const&, std::size_t limit);

private:
    static void read_members(storage::Tx&, ChatPermit const&, Gap const&, Told&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::chat
