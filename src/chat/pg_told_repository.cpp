#include "pg_told_repository.hpp"

#include "pg_message_rows_repository.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr std::size_t most_members = 10'000;

constexpr storage::Statement read_between{R"sql(
-- chat.conversations_between
SELECT organisation_id, conversation_id, last_seq, last_change FROM conversations_between($1, $2)
)sql"};

constexpr storage::Statement last_before{R"sql(
-- chat.last_before
SELECT seq FROM messages
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq <= $3 AND sent_at < to_timestamp($4::bigint / 1000.0)
 ORDER BY seq DESC LIMIT 1
)sql"};

constexpr storage::Statement told_members{R"sql(
-- chat.told_members
SELECT user_id, visible_from FROM members WHERE organisation_id = $1 AND conversation_id = $2 LIMIT $3
)sql"};

constexpr storage::Statement told_messages{R"sql(
-- chat.told_messages
SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
       (extract(epoch FROM edited_at) * 1000)::bigint, change
  FROM messages
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq > $3 AND seq <= $4
 ORDER BY seq LIMIT $5
)sql"};

// How far the changes were at $3 at least: by the places that the conversation keeps, or else from its beginning.
constexpr storage::Statement told_place{R"sql(
-- chat.told_place
SELECT last_seq, info_change,
       CASE WHEN changed_at < to_timestamp($3::bigint / 1000.0) THEN last_change
            WHEN passed_at < to_timestamp($3::bigint / 1000.0) THEN passed_change
            WHEN earlier_at < to_timestamp($3::bigint / 1000.0) THEN earlier_change
            WHEN created_at < to_timestamp($3::bigint / 1000.0) THEN 0
            ELSE -1 END
  FROM conversations WHERE organisation_id = $1 AND conversation_id = $2
)sql"};

// As `sync` reads them, for everybody.
constexpr storage::Statement told_changes{R"sql(
-- chat.told_changes
SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
       (extract(epoch FROM edited_at) * 1000)::bigint, change
  FROM messages
 WHERE organisation_id = $1 AND conversation_id = $2 AND change > $3 AND change <= $4
 ORDER BY change LIMIT $5
)sql"};

}  // namespace

Task<Result<std::vector<gateway::Head>>> PgToldRepository::between(ChatPermit const& permit, Timestamp from,
                                                                   Timestamp to) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<gateway::Head>> {
        std::vector<gateway::Head> heads;
        for (auto const& row : tx.exec(read_between, storage::ms(from), storage::ms(to)))
            heads.push_back({storage::id_of<OrganisationId>(row[0]),
                             storage::id_of<ConversationId>(row[1]),
                             {row[2].as<std::int64_t>(), row[3].as<std::int64_t>()}});
        return heads;
    });
}

void PgToldRepository::read_members(storage::Tx& tx, ChatPermit const& permit, Gap const& gap, Told& told) {
    for (auto const& row :
         tx.exec(told_members, permit.organisation().text(), gap.conversation.text(), most_members))
        told.readers.push_back({storage::id_of<UserId>(row[0]), row[1].as<std::int64_t>()});
}

Task<Result<PgToldRepository::Told>> PgToldRepository::messages(ChatPermit const& permit, Gap const& gap,
                                                                std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Told> {
        auto const organisation = permit.organisation().text();
        auto const conversation = gap.conversation.text();
        std::int64_t after = gap.after.value_or(0);
        if (!gap.after) {
            auto const rows = tx.exec(last_before, organisation, conversation, gap.until, storage::ms(gap.since));
            if (!rows.empty()) after = rows[0][0].as<std::int64_t>();
        }
        Told told;
        read_members(tx, permit, gap, told);
        for (auto const& row : tx.exec(told_messages, organisation, conversation, after, gap.until, limit))
            told.messages.push_back(message_of(cipher_, row));
        return told;
    });
}

Task<Result<PgToldRepository::Told>> PgToldRepository::changes(ChatPermit const& permit, Gap const& gap,
                                                               std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Told> {
        auto const organisation = permit.organisation().text();
        auto const conversation = gap.conversation.text();
        Told told;
        read_members(tx, permit, gap, told);
        auto const places = tx.exec(told_place, organisation, conversation, storage::ms(gap.since));
        if (places.empty()) return told;  // it is gone
        told.last_seq = places[0][0].as<std::int64_t>();
        told.info_change = places[0][1].as<std::int64_t>();
        // Where clocks differ: the one that is known to have come is missing in any case.
        told.after = gap.after.value_or(std::min(places[0][2].as<std::int64_t>(), gap.until - 1));
        for (auto const& row : tx.exec(told_changes, organisation, conversation, told.after, gap.until, limit))
            told.messages.push_back(message_of(cipher_, row));
        return told;
    });
}

}  // namespace samtal::chat
