#pragma once

#include "change_writer.hpp"
#include "message_writer.hpp"
#include "pg_conversation_repository.hpp"
#include "pg_history_repository.hpp"
#include "read_positions.hpp"
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
    Task<Result<Changed>> change(ChatPermit const&, Change) override;
    Task<Result<void>> signal(ChatPermit, Signal) override;

private:
    [[nodiscard]] std::optional<Error> bad_text(std::string const&) const;
    void tell(PendingMessage const&);
    void tell_change(PendingChange const&);
    /// Whoever came hears of the conversation at once.
    Result<Created> announced(OrganisationId, Result<Created>);

    Tools tools_;
    Limits limits_;
    PgHistoryRepository history_;
    PgConversationRepository conversations_;
    MessageWriter writer_;
    ChangeWriter changes_;
    ReadPositions reads_;
};

}  // namespace samtal::chat
