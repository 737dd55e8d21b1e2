#include "pg_history_repository.hpp"

#include "conversation_statements.hpp"
#include "samtal/storage/values.hpp"

#include <limits>

namespace samtal::chat {

namespace {

constexpr Error no_such_conversation{Errc::not_found, "no such thing"};

// The outer join tells a member of an empty page (a row of nulls) from a stranger (no row).
constexpr storage::Statement history_before{R"sql(
-- chat.history_before
SELECT h.* FROM members m
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
  LEFT JOIN LATERAL (
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND seq < $4
        ORDER BY seq DESC LIMIT $5) h ON true
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
)sql"};

constexpr storage::Statement history_after{R"sql(
-- chat.history_after
SELECT h.* FROM members m
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
  LEFT JOIN LATERAL (
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND seq > $4
        ORDER BY seq LIMIT $5) h ON true
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
)sql"};

constexpr storage::Statement read_heads{R"sql(
-- chat.read_heads
SELECT c.conversation_id, c.first_seq, c.last_seq, c.last_change
  FROM members m
  JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
 WHERE m.organisation_id = $1 AND m.user_id = $2 AND m.conversation_id = ANY ($3::uuid[])
 ORDER BY c.conversation_id
)sql"};

constexpr std::size_t most_members = 10'000;

constexpr storage::Statement read_since{R"sql(
-- chat.conversations_between
SELECT organisation_id, conversation_id, last_seq FROM conversations_between($1, $2)
)sql"};

constexpr storage::Statement last_before{R"sql(
-- chat.last_before
SELECT seq FROM messages
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq <= $3 AND sent_at < to_timestamp($4::bigint / 1000.0)
 ORDER BY seq DESC LIMIT 1
)sql"};

constexpr storage::Statement read_stretch{R"sql(
-- chat.stretch
SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed FROM messages
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq > $3 AND seq <= $4
 ORDER BY seq LIMIT $5
)sql"};

}  // namespace

Message PgHistoryRepository::message_of(pqxx::row const& row) {
    Message message{
        storage::id_of<MessageId>(row[0]), row[1].as<std::int64_t>(), {}, storage::time_of(row[3]), {}, {}};
    if (!row[2].is_null()) message.sender = storage::id_of<UserId>(row[2]);
    if (!row[5].is_null()) message.removed = storage::text_of(row[5]);
    if (row[4].is_null()) return message;
    auto text = message.sender ? cipher_.open(*message.sender, {field::MessagesText::column, message.id.value()},
                                              storage::bytes_of(row[4]))
                               : Result<std::string>{no_such_conversation};
    if (text)
        message.text.emplace(*std::move(text));
    else
        message.removed = "erased";  // the sender's key is gone; the row follows
    return message;
}

Result<std::vector<Message>> PgHistoryRepository::messages_of(pqxx::result const& rows) {
    if (rows.empty()) return no_such_conversation;
    std::vector<Message> messages;
    for (auto const& row : rows)
        if (!row[0].is_null()) messages.push_back(message_of(row));
    return messages;
}

Task<Result<std::vector<Message>>> PgHistoryRepository::before(ChatPermit const& permit, History const& ask) {
    if (!permit.covers(ask.conversation)) co_return Error{Errc::denied, "the permit is for something else"};
    co_return co_await db_.read(permit, [&](storage::Tx& tx) {
        return messages_of(tx.exec(history_before, permit.organisation().text(), ask.conversation.text(),
                                   permit.actor().text(),
                                   ask.before_seq.value_or(std::numeric_limits<std::int64_t>::max()), ask.limit));
    });
}

Task<Result<std::vector<Message>>> PgHistoryRepository::after(ChatPermit const& permit,
                                                              ConversationId conversation, std::int64_t seq,
                                                              std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) {
        return messages_of(tx.exec(history_after, permit.organisation().text(), conversation.text(),
                                   permit.actor().text(), seq, limit));
    });
}

Task<Result<PgHistoryRepository::Told>> PgHistoryRepository::stretch(ChatPermit const& permit,
                                                                     Stretch const& wanted) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Told> {
        auto const organisation = permit.organisation().text();
        auto const conversation = wanted.conversation.text();
        std::int64_t after = wanted.after.value_or(0);
        if (!wanted.after) {
            auto const rows =
                tx.exec(last_before, organisation, conversation, wanted.until, storage::ms(wanted.since));
            if (!rows.empty()) after = rows[0][0].as<std::int64_t>();
        }
        Told told;
        for (auto const& row : tx.exec(list_members, organisation, conversation, most_members))
            told.members.push_back(storage::id_of<UserId>(row[0]));
        for (auto const& row :
             tx.exec(read_stretch, organisation, conversation, after, wanted.until, wanted.limit))
            told.messages.push_back(message_of(row));
        return told;
    });
}

Task<Result<std::vector<gateway::Head>>> PgHistoryRepository::between(ChatPermit const& permit, Timestamp from,
                                                                      Timestamp to) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<gateway::Head>> {
        std::vector<gateway::Head> heads;
        for (auto const& row : tx.exec(read_since, storage::ms(from), storage::ms(to)))
            heads.push_back({storage::id_of<OrganisationId>(row[0]), storage::id_of<ConversationId>(row[1]),
                             row[2].as<std::int64_t>()});
        return heads;
    });
}

Task<Result<std::vector<Caught>>> PgHistoryRepository::heads(ChatPermit const& permit,
                                                             std::vector<Position> const& positions) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Caught>> {
        storage::ArrayLiteral ids;
        for (Position const& position : positions) ids.add(position.conversation.text());
        std::vector<Caught> heads;
        for (auto const& row :
             tx.exec(read_heads, permit.organisation().text(), permit.actor().text(), ids.text()))
            heads.push_back(
                {{storage::id_of<ConversationId>(row[0]), row[2].as<std::int64_t>(), row[3].as<std::int64_t>()},
                 row[1].as<std::int64_t>()});
        return heads;
    });
}

}  // namespace samtal::chat
