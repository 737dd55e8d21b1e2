#pragma once

#include "pg_conversation_repository.hpp"
#include "pg_history_repository.hpp"
#include "samtal/chat/room.hpp"

namespace samtal::chat {

/// Brings one socket to where its conversations are: what changed in what the client has, then what is new, in
/// order. Live events of these conversations wait from before the first look until after the last push, so that
/// none can overtake and none is lost.
class CatchUp {
public:
    CatchUp(Tools const& tools, PgHistoryRepository& history, PgConversationRepository& conversations)
        : sockets_{tools.sockets}, history_{history}, conversations_{conversations} {}

    Task<Result<SyncDone>> run(ChatPermit const&, Sync const&);

private:
    struct Walk {  // one conversation on its way from where the client was to `head`
        Sync const& ask;
        Caught head;
        Position at;
        std::int64_t known;  // the client has the messages up to here
        std::size_t& room;   // for how many events this answer still has room

        [[nodiscard]] bool complete() const noexcept {
            return at.seq >= head.position.seq && at.change >= head.position.change;
        }
    };
    /// False: the client has gone, or the person has left the conversation.
    Task<bool> walk(ChatPermit const&, Walk&);
    Task<bool> changes(ChatPermit const&, Walk&);
    Task<bool> messages(ChatPermit const&, Walk&);
    Task<bool> describe(ChatPermit const&, Walk&);

    gateway::Sockets& sockets_;
    PgHistoryRepository& history_;
    PgConversationRepository& conversations_;
};

}  // namespace samtal::chat
