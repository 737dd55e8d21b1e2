#include "chat_codec.hpp"
#include "title.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace samtal::chat {

namespace {

constexpr std::size_t most_ids = 5'000;
constexpr std::size_t most_title_bytes = 200;
constexpr std::size_t most_positions = 500;

std::optional<Error> no_query(gateway::Ask const& ask) {
    return gateway::QueryReader{ask.request.query}.finish();
}

/// A sequence number or a change count of a client: not negative.
std::int64_t count(gateway::FieldReader& in, Literal key) {
    std::int64_t const value = in.integer(key);
    if (value < 0) in.refuse("must not be negative", key);
    return value;
}

SendMessage message_of(gateway::FieldReader& in, ConversationId conversation, std::shared_ptr<net::Socket> from) {
    return {.conversation = conversation,
            .client_message_id = in.id<ClientMessageId>("client_message_id"),
            .text = Text{in.text("text")},
            .from = std::move(from)};
}

}  // namespace

std::optional<Title> title_of(gateway::FieldReader& in, std::optional<std::string> text) {
    if (!text) return std::nullopt;
    if (text->empty() || text->size() > most_title_bytes) in.refuse("must be 1 to 200 bytes", "title");
    return Title{*std::move(text)};
}

Result<NewConversation> decode_create(gateway::Ask const& ask) {
    auto in = ask.body();
    NewConversation wanted{in.ids<UserId>("member_ids", most_ids), title_of(in, in.optional_text("title"))};
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

Result<ListConversations> decode_list(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ListConversations list{{}, static_cast<std::size_t>(query.integer("limit", 50, 1, 100))};
    if (auto const cursor = query.text("cursor")) {
        list.before = ConversationId::parse(*cursor);
        if (!list.before) query.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = query.finish()) return *problem;
    return list;
}

Result<OneConversation> decode_one(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    auto const conversation = ask.id<ConversationId>(0);
    if (!conversation) return conversation.error();
    return OneConversation{*conversation};
}

Result<History> decode_history(gateway::Ask const& ask) {
    auto const conversation = ask.id<ConversationId>(0);
    if (!conversation) return conversation.error();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    gateway::QueryReader query{ask.request.query};
    auto const cursor = query.optional_integer("cursor", 1, greatest);
    auto const before = query.optional_integer("before_seq", 1, greatest);
    History history{*conversation, before ? before : cursor,
                    static_cast<std::size_t>(query.integer("limit", 50, 1, 200))};
    if (auto const problem = query.finish()) return *problem;
    return history;
}

Result<SendMessage> decode_post(gateway::Ask const& ask) {
    auto const conversation = ask.id<ConversationId>(0);
    if (!conversation) return conversation.error();
    auto in = ask.body();
    SendMessage message = message_of(in, *conversation, nullptr);
    if (auto const problem = in.finish()) return *problem;
    return message;
}

Result<SendMessage> decode_send(gateway::FrameAsk& ask) {
    auto const conversation = ask.body.id<ConversationId>("conversation_id");
    return message_of(ask.body, conversation, ask.from);
}

Result<Sync> decode_sync(gateway::FrameAsk& ask) {
    Sync sync{{}, ask.from};
    auto const positions = ask.body.optional_object("positions");
    if (!positions || positions->size() > most_positions) {
        ask.body.refuse("must be an object with at most 500 conversations", "positions");
        return sync;
    }
    for (auto const& [id, value] : positions->items()) {
        auto const conversation = ConversationId::parse(id);
        if (!conversation || !value.is_object()) {
            ask.body.refuse("must map conversations to objects with seq and change", "positions");
            return sync;
        }
        gateway::FieldReader in{std::make_shared<nlohmann::json const>(value)};
        sync.positions.push_back({*conversation, count(in, "seq"), in.has("change") ? count(in, "change") : 0});
        if (in.finish()) ask.body.refuse("must map conversations to objects with seq and change", "positions");
    }
    return sync;
}

Result<Signal> decode_typing(gateway::FrameAsk& ask) {
    return Signal{ask.body.id<ConversationId>("conversation_id"), std::nullopt, ask.from};
}

Result<Signal> decode_read(gateway::FrameAsk& ask) {
    auto const conversation = ask.body.id<ConversationId>("conversation_id");
    return Signal{conversation, count(ask.body, "seq"), ask.from};
}

}  // namespace samtal::chat
