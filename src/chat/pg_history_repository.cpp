#include "pg_history_repository.hpp"

#include "pg_message_rows_repository.hpp"
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
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
              (extract(epoch FROM edited_at) * 1000)::bigint, change
         FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND seq < $4
          AND seq >= m.visible_from
        ORDER BY seq DESC LIMIT $5) h ON true
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
)sql"};

constexpr storage::Statement history_after{R"sql(
-- chat.history_after
SELECT h.* FROM members m
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
  LEFT JOIN LATERAL (
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
              (extract(epoch FROM edited_at) * 1000)::bigint, change
         FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND seq > $4
          AND seq >= m.visible_from
        ORDER BY seq LIMIT $5) h ON true
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
)sql"};

constexpr storage::Statement read_heads{R"sql(
-- chat.read_heads
SELECT c.conversation_id, greatest(c.first_seq, m.visible_from), c.last_seq, c.last_change, c.info_change
  FROM members m
  JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
 WHERE m.organisation_id = $1 AND m.user_id = $2 AND m.conversation_id = ANY ($3::uuid[])
 ORDER BY c.conversation_id
)sql"};

// Of the messages up to $6: those behind it come as they are now anyway.
constexpr storage::Statement history_changed{R"sql(
-- chat.history_changed
SELECT h.* FROM members m
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
  LEFT JOIN LATERAL (
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
              (extract(epoch FROM edited_at) * 1000)::bigint, change
         FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND change > $4 AND change <= $5
          AND seq BETWEEN m.visible_from AND $6
        ORDER BY change LIMIT $7) h ON true
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
)sql"};

}  // namespace

Result<std::vector<Message>> PgHistoryRepository::messages_of(pqxx::result const& rows) {
    if (rows.empty()) return no_such_conversation;
    std::vector<Message> messages;
    for (auto const& row : rows)
        if (!row[0].is_null()) messages.push_back(message_of(cipher_, row));
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

Task<Result<std::vector<Message>>> PgHistoryRepository::changed(ChatPermit const& permit,
                                                                ConversationId conversation, Changes ask) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) {
        return messages_of(tx.exec(history_changed, permit.organisation().text(), conversation.text(),
                                   permit.actor().text(), ask.after, ask.until, ask.seq, ask.limit));
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
                 row[1].as<std::int64_t>(),
                 row[4].as<std::int64_t>()});
        return heads;
    });
}

}  // namespace samtal::chat
