#include "chat_codec.hpp"
#include "title.hpp"

namespace samtal::chat {

namespace {

constexpr std::size_t most_ids = 5'000;

/// Of a path that names a message of a conversation.
template <class Make>
Result<AskChange> on_message(gateway::Ask const& ask, Make make) {
    auto const conversation = ask.id<ConversationId>(0);
    auto const message = ask.id<MessageId>(1);
    if (!conversation) return conversation.error();
    if (!message) return message.error();
    return make(*conversation, *message);
}

}  // namespace

Result<AskChange> decode_add(gateway::Ask const& ask) {
    auto const conversation = ask.id<ConversationId>(0);
    if (!conversation) return conversation.error();
    auto in = ask.body();
    AddMembers add{*conversation, in.ids<UserId>("user_ids", most_ids)};
    if (add.users.empty()) in.refuse("must name somebody", "user_ids");
    if (auto const problem = in.finish()) return *problem;
    return AskChange{std::move(add)};
}

Result<AskChange> decode_remove(gateway::Ask const& ask) {
    auto const conversation = ask.id<ConversationId>(0);
    auto const user = ask.id<UserId>(1);
    if (!conversation) return conversation.error();
    if (!user) return user.error();
    return AskChange{RemoveMember{*conversation, *user}};
}

Result<AskChange> decode_retitle(gateway::Ask const& ask) {
    auto const conversation = ask.id<ConversationId>(0);
    if (!conversation) return conversation.error();
    auto in = ask.body();
    Retitle retitle{*conversation, title_of(in, in.nullable_text("title"))};
    if (auto const problem = in.finish()) return *problem;
    return AskChange{std::move(retitle)};
}

Result<AskChange> decode_patch_message(gateway::Ask const& ask) {
    return on_message(ask, [&ask](ConversationId conversation, MessageId message) -> Result<AskChange> {
        auto in = ask.body();
        EditMessage edit{conversation, message, Text{in.text("text")}, nullptr};
        if (auto const problem = in.finish()) return *problem;
        return AskChange{std::move(edit)};
    });
}

Result<AskChange> decode_delete_message(gateway::Ask const& ask) {
    return on_message(ask, [](ConversationId conversation, MessageId message) -> Result<AskChange> {
        return AskChange{DeleteMessage{conversation, message, nullptr}};
    });
}

Result<AskChange> decode_edit(gateway::FrameAsk& ask) {
    auto const conversation = ask.body.id<ConversationId>("conversation_id");
    auto const message = ask.body.id<MessageId>("message_id");
    return AskChange{EditMessage{conversation, message, Text{ask.body.text("text")}, ask.from}};
}

Result<AskChange> decode_delete(gateway::FrameAsk& ask) {
    auto const conversation = ask.body.id<ConversationId>("conversation_id");
    auto const message = ask.body.id<MessageId>("message_id");
    return AskChange{DeleteMessage{conversation, message, ask.from}};
}

}  // namespace samtal::chat
