#include "chat_codec.hpp"
#include "events.hpp"
#include "message_json.hpp"

#include <fmt/format.h>

namespace samtal::chat {

using nlohmann::json;

namespace {

constexpr std::size_t most_described = 1'000;  // members in one frame

json event(char const* type, ConversationId conversation) {
    return {{"type", type}, {"conversation_id", conversation.text()}};
}

json changed_event(ChatPermit const& permit, ConversationId conversation, Message const& message) {
    json frame = to_json(permit, message);
    frame["type"] = message.text ? "message.edited" : "message.deleted";
    frame["conversation_id"] = conversation.text();
    frame["change"] = message.change;
    return frame;
}

std::string came(ConversationId conversation, std::vector<UserId> const& users, std::int64_t change) {
    json frame = event("member.added", conversation);
    frame["change"] = change;
    for (UserId const& user : users) frame["user_ids"].push_back(user.text());
    return frame.dump();
}

json parted(ConversationId conversation, UserId user, std::int64_t change) {
    json frame = event("member.removed", conversation);
    frame["change"] = change;
    frame["user_id"] = user.text();
    return frame;
}

std::string removed(PendingChange const& pending, RemoveMember const& one) {
    json frame = parted(one.conversation, one.user, pending.result->changed.change);
    if (pending.result->heir) frame["new_owner_id"] = pending.result->heir->text();
    return frame.dump();
}

std::string retitled(PendingChange const& pending, Retitle const& one) {
    json frame = event("conversation.changed", one.conversation);
    frame["change"] = pending.result->changed.change;
    frame["title"] = one.title ? json(one.title->open(*pending.permit)) : json(nullptr);
    return frame.dump();
}

}  // namespace

std::string encode_new(PendingMessage const& stored) {
    auto const& m = *stored.result;
    // By hand but for the text: this runs for every message, on the thread that fans them out.
    return fmt::format(
        R"({{"type":"message.new","conversation_id":"{}","message_id":"{}","seq":{},"sender_id":"{}","sent_at":"{}","text":{}}})",
        stored.message.conversation.text(), m.id.text(), m.seq, stored.permit.actor().text(), rfc3339(m.sent_at),
        json(stored.message.text.open(stored.permit)).dump());
}

std::string encode_event(ChatPermit const& permit, ConversationId conversation, Message const& message) {
    json frame = to_json(permit, message);
    frame["type"] = "message.new";
    frame["conversation_id"] = conversation.text();
    return frame.dump();
}

std::string encode_changed(ChatPermit const& permit, ConversationId conversation, Message const& message) {
    return changed_event(permit, conversation, message).dump();
}

std::string changed_fields(ChatPermit const& permit, ConversationId conversation, Message const& message) {
    std::string const frame = encode_changed(permit, conversation, message);
    return frame.substr(1, frame.size() - 2);
}

std::string encode_came(ConversationId conversation, std::vector<UserId> const& users, std::int64_t change) {
    return came(conversation, users, change);
}

std::string encode_parted(ConversationId conversation, UserId user, std::int64_t change) {
    return parted(conversation, user, change).dump();
}

std::string encode_change(PendingChange const& pending) {
    struct Encode {
        PendingChange const& pending;
        std::string operator()(EditMessage const& one) const { return of_message(one.conversation); }
        std::string operator()(DeleteMessage const& one) const { return of_message(one.conversation); }
        std::string operator()(AddMembers const& one) const {
            return came(one.conversation, pending.result->came, pending.result->changed.change);
        }
        std::string operator()(RemoveMember const& one) const { return removed(pending, one); }
        std::string operator()(Retitle const& one) const { return retitled(pending, one); }
        [[nodiscard]] std::string of_message(ConversationId conversation) const {
            return encode_changed(*pending.permit, conversation, *pending.result->changed.message);
        }
    };
    return std::visit(Encode{pending}, pending.change);
}

std::string encode_described(ChatPermit const& permit, Conversation const& conversation, std::int64_t change) {
    json frame = event("conversation.changed", conversation.id);
    frame["change"] = change;
    frame["title"] = conversation.title ? json(conversation.title->open(permit)) : json(nullptr);
    if (conversation.members.size() <= most_described) frame["members"] = to_json(conversation.members);
    return frame.dump();
}

std::string encode_signal(Signal const& signal, UserId user) {
    if (!signal.read_seq)
        return fmt::format(R"({{"type":"typing","conversation_id":"{}","user_id":"{}"}})",
                           signal.conversation.text(), user.text());
    return fmt::format(R"({{"type":"conversation.read","conversation_id":"{}","seq":{},"user_id":"{}"}})",
                       signal.conversation.text(), *signal.read_seq, user.text());
}

}  // namespace samtal::chat
