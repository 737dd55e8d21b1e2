#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::chat {

struct ListConversations {
    std::optional<ConversationId> before;
    std::size_t limit;
};
struct OneConversation {
    ConversationId conversation;
    [[nodiscard]] Scope scope() const { return conversation; }
};
/// A change with the scope of its permit.
struct AskChange {
    Change change;
    [[nodiscard]] Scope scope() const { return conversation_of(change); }
};

[[nodiscard]] Result<NewConversation> decode_create(gateway::Ask const&);
[[nodiscard]] Result<ListConversations> decode_list(gateway::Ask const&);
[[nodiscard]] Result<OneConversation> decode_one(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_add(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_remove(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_retitle(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_patch_message(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_delete_message(gateway::Ask const&);
[[nodiscard]] Result<AskChange> decode_edit(gateway::FrameAsk&);
[[nodiscard]] Result<AskChange> decode_delete(gateway::FrameAsk&);
[[nodiscard]] Result<History> decode_history(gateway::Ask const&);
[[nodiscard]] Result<SendMessage> decode_post(gateway::Ask const&);
[[nodiscard]] Result<SendMessage> decode_send(gateway::FrameAsk&);
[[nodiscard]] Result<Sync> decode_sync(gateway::FrameAsk&);
[[nodiscard]] Result<Signal> decode_typing(gateway::FrameAsk&);
[[nodiscard]] Result<Signal> decode_read(gateway::FrameAsk&);

[[nodiscard]] std::string encode(Created const&);
[[nodiscard]] std::string encode(ChatPermit const&, Conversation const&);
[[nodiscard]] std::string encode(ChatPermit const&, ConversationPage const&);
[[nodiscard]] std::string encode_history(ChatPermit const&, std::vector<Message> const&, std::size_t limit);
/// The fields of `message.accepted`, without braces: the gateway puts `re` beside them.
[[nodiscard]] std::string accepted_fields(ConversationId, StoredMessage const&);
[[nodiscard]] std::string done_fields(SyncDone const&);
[[nodiscard]] std::string encode(ChatPermit const&, Message const&);
/// The fields of `message.edited` or `message.deleted`, without braces.
[[nodiscard]] std::string changed_fields(ChatPermit const&, ConversationId, Message const&);

}  // namespace samtal::chat
