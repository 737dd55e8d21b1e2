#pragma once

#include "message_writer.hpp"
#include "pg_conversation_repository.hpp"
#include "pg_history_repository.hpp"
#include "samtal/chat/room.hpp"

namespace samtal::chat {

/// The rules of chat: what may be sent, who hears of it, how a client catches up.
class ChatService final : public Chat {
public:
    ChatService(Tools tools, Limits limits);

    Task<Result<StoredMessage>> send(ChatPermit, SendMessage) override;
    Task<Result<std::vector<Message>>> history(ChatPermit const&, History const&) override;
    Task<Result<SyncDone>> sync(ChatPermit const&, Sync const&) override;
    Task<Result<Created>> create(ChatPermit const&, NewConversation const&) override;
    Task<Result<ConversationPage>> list(ChatPermit const&, std::optional<ConversationId> before,
                                        std::size_t limit) override;
    Task<Result<Conversation>> find(ChatPermit const&, ConversationId) override;
    Task<Result<void>> add(ChatPermit const&, ConversationId, std::vector<UserId> const&) override;
    Task<Result<void>> remove(ChatPermit const&, ConversationId, UserId) override;
    Task<Result<void>> signal(ChatPermit const&, Signal const&) override;

private:
    void tell(PendingMessage const&);
    /// Pushes what one conversation has after `from`, at most `room` events. Where it stands then.
    Task<Result<Caught>> catch_up(ChatPermit const&, Sync const&, Caught head, std::int64_t from,
                                  std::size_t& room);

    Tools tools_;
    Limits limits_;
    PgHistoryRepository history_;
    PgConversationRepository conversations_;
    MessageWriter writer_;
};

}  // namespace samtal::chat
