#include "chat_codec.hpp"
#include "samtal/chat/room.hpp"

namespace samtal::chat {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::ChatMessaging;

Task<Result<Reply>> create(Chat& chat, ChatPermit permit, NewConversation wanted) {
    auto const created = co_await chat.create(permit, wanted);
    if (!created) co_return created.error();
    co_return Reply{created->existed ? 200 : 201, encode(*created), {}};
}

Task<Result<Reply>> list(Chat& chat, ChatPermit permit, ListConversations ask) {
    auto const page = co_await chat.list(permit, ask.before, ask.limit);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> find(Chat& chat, ChatPermit permit, OneConversation ask) {
    auto const found = co_await chat.find(permit, ask.conversation);
    if (!found) co_return found.error();
    co_return Reply{200, encode(permit, *found), {}};
}

/// Membership and title: there is nothing to say but that it is so.
Task<Result<Reply>> change(Chat& chat, ChatPermit permit, AskChange ask) {
    auto const changed = co_await chat.change(permit, std::move(ask.change));
    if (!changed) co_return changed.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> edit(Chat& chat, ChatPermit permit, AskChange ask) {
    auto const changed = co_await chat.change(permit, std::move(ask.change));
    if (!changed) co_return changed.error();
    co_return Reply{200, encode(permit, *changed->message), {}};
}

Task<Result<Reply>> history(Chat& chat, ChatPermit permit, History ask) {
    auto const messages = co_await chat.history(permit, ask);
    if (!messages) co_return messages.error();
    co_return Reply{200, encode_history(permit, *messages, ask.limit), {}};
}

Task<Result<Reply>> post(Chat& chat, ChatPermit permit, SendMessage message) {
    ConversationId const conversation = message.conversation;
    auto const stored = co_await chat.send(std::move(permit), std::move(message));
    if (!stored) co_return stored.error();
    co_return Reply{stored->repeated ? 200 : 201, "{" + accepted_fields(conversation, *stored) + "}", {}};
}

Task<Result<std::string>> send(Chat& chat, ChatPermit permit, SendMessage message) {
    ConversationId const conversation = message.conversation;
    auto const stored = co_await chat.send(std::move(permit), std::move(message));
    if (!stored) co_return stored.error();
    co_return accepted_fields(conversation, *stored);
}

Task<Result<std::string>> change_message(Chat& chat, ChatPermit permit, AskChange ask) {
    ConversationId const conversation = conversation_of(ask.change);
    auto const changed = co_await chat.change(permit, std::move(ask.change));
    if (!changed) co_return changed.error();
    co_return changed_fields(permit, conversation, *changed->message);
}

Task<Result<std::string>> sync(Chat& chat, ChatPermit permit, Sync ask) {
    auto const done = co_await chat.sync(permit, ask);
    if (!done) co_return done.error();
    co_return done_fields(*done);
}

Task<Result<std::string>> signal(Chat& chat, ChatPermit permit, Signal ask) {
    auto const told = co_await chat.signal(std::move(permit), std::move(ask));
    if (!told) co_return told.error();
    co_return std::string{};
}

}  // namespace

void add_routes(gateway::Router& router, Chat& chat) {
    auto const with = [&chat](auto handler) {
        return [&chat, handler](ChatPermit permit, auto command) {
            return handler(chat, std::move(permit), std::move(command));
        };
    };
    router.person<P>(Method::post, "/v1/conversations", decode_create, with(create), {.creates = true});
    router.person<P>(Method::get, "/v1/conversations", decode_list, with(list));
    router.person<P>(Method::get, "/v1/conversations/{id}", decode_one, with(find));
    router.person<P>(Method::patch, "/v1/conversations/{id}", decode_retitle, with(change));
    router.person<P>(Method::post, "/v1/conversations/{id}/members", decode_add, with(change));
    router.person<P>(Method::del, "/v1/conversations/{id}/members/{user_id}", decode_remove, with(change));
    router.person<P>(Method::get, "/v1/conversations/{id}/messages", decode_history, with(history));
    router.person<P>(Method::post, "/v1/conversations/{id}/messages", decode_post, with(post), {.creates = true});
    router.person<P>(Method::patch, "/v1/conversations/{id}/messages/{message_id}", decode_patch_message,
                     with(edit));
    router.person<P>(Method::del, "/v1/conversations/{id}/messages/{message_id}", decode_delete_message,
                     with(change));
    router.frame<P>("message.send", decode_send, with(send));
    router.frame<P>("message.edit", decode_edit, with(change_message));
    router.frame<P>("message.delete", decode_delete, with(change_message));
    router.frame<P>("sync", decode_sync, with(sync));
    router.frame<P>("typing", decode_typing, with(signal));
    router.frame<P>("conversation.read", decode_read, with(signal));
}

}  // namespace samtal::chat
