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
    struct End {  // how a conversation's waiting events go on
        ConversationId conversation;
        std::optional<gateway::Place> reached;  // nothing: the client has to ask for more
    };
    Task<Result<SyncDone>> walk_all(ChatPermit const&, Sync const&, std::vector<End>&);
    /// `not_found`: the person has left the conversation.
    Task<Result<void>> walk(ChatPermit const&, Walk&);
    Task<Result<void>> changes(ChatPermit const&, Walk&);
    Task<Result<void>> messages(ChatPermit const&, Walk&);
    Task<Result<void>> describe(ChatPermit const&, Walk&);
    /// Paced by the client's queue.
    Task<Result<void>> push(Walk&, std::string frame);

    gateway::Sockets& sockets_;
    PgHistoryRepository& history_;
    PgConversationRepository& conversations_;
    std::size_t unpaced_ = 0;  // bytes pushed since the queue was looked at
};

}  // namespace samtal::chat
