#include "chat_codec.hpp"
#include "message_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace samtal::chat {

using nlohmann::json;

namespace {

json to_json(ChatPermit const& permit, Conversation const& c) {
    return {{"conversation_id", c.id.text()},
            {"title", c.title ? json(c.title->open(permit)) : json(nullptr)},
            {"members", to_json(c.members)},
            {"first_seq", c.first_seq},
            {"last_seq", c.last_seq},
            {"last_change", c.last_change},
            {"last_read_seq", c.read_seq},
            {"unread_count", c.unread},
            {"last_message", c.last_message ? to_json(permit, *c.last_message) : json(nullptr)},
            {"created_at", rfc3339(c.created_at)}};
}

json page(json items, json next) {
    return {{"items", std::move(items)}, {"next_cursor", std::move(next)}};
}

}  // namespace

json to_json(ChatPermit const& permit, Message const& m) {
    json message{{"message_id", m.id.text()}, {"seq", m.seq}, {"sent_at", rfc3339(m.sent_at)}};
    if (m.text) {
        message["sender_id"] = m.sender->text();
        message["text"] = m.text->open(permit);
        if (m.edited_at) {
            message["edited_at"] = rfc3339(*m.edited_at);
            message["change"] = m.change;
        }
    } else {
        message["removed"] = m.removed;
    }
    return message;
}

json to_json(std::vector<Member> const& members) {
    json all = json::array();
    for (Member const& member : members) all.push_back({{"user_id", member.user.text()}, {"role", member.role}});
    return all;
}

std::string encode(Created const& created) {
    return json{{"conversation_id", created.id.text()}}.dump();
}

std::string encode(ChatPermit const& permit, Conversation const& conversation) {
    return to_json(permit, conversation).dump();
}

std::string encode(ChatPermit const& permit, ConversationPage const& found) {
    json items = json::array();
    for (Conversation const& c : found.items) items.push_back(to_json(permit, c));
    return page(std::move(items), found.more ? json(found.items.back().id.text()) : json(nullptr)).dump();
}

std::string encode_history(ChatPermit const& permit, std::vector<Message> const& messages, std::size_t limit) {
    json items = json::array();
    for (Message const& m : messages) items.push_back(to_json(permit, m));
    bool const more = messages.size() == limit && messages.back().seq > 1;
    return page(std::move(items), more ? json(std::to_string(messages.back().seq)) : json(nullptr)).dump();
}

std::string encode(ChatPermit const& permit, Message const& message) {
    return to_json(permit, message).dump();
}

std::string accepted_fields(ConversationId conversation, StoredMessage const& m) {
    return fmt::format(
        R"("type":"message.accepted","conversation_id":"{}","message_id":"{}","seq":{},"sent_at":"{}")",
        conversation.text(), m.id.text(), m.seq, rfc3339(m.sent_at));
}

std::string done_fields(SyncDone const& done) {
    json positions = json::object();
    for (Caught const& c : done.positions)
        positions[c.position.conversation.text()] = {
            {"seq", c.position.seq}, {"change", c.position.change}, {"first_seq", c.first_seq}};
    return fmt::format(R"("type":"sync.done","more":{},"positions":{})", done.more, positions.dump());
}

}  // namespace samtal::chat
