#include "pg_read_position_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::chat {

namespace {

// Locked in one order for everybody, so that two groups never wait for each other in a circle.
constexpr storage::Statement keep_read_positions{R"sql(
-- chat.keep_read_positions
WITH asked AS (
    SELECT organisation_id, conversation_id, user_id, max(seq) AS seq
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) AS a (organisation_id, conversation_id, user_id, seq)
     GROUP BY 1, 2, 3
), found AS MATERIALIZED (
    SELECT m.organisation_id, m.conversation_id, m.user_id, a.seq
      FROM asked a
      JOIN members m ON (m.organisation_id, m.conversation_id, m.user_id) = (a.organisation_id, a.conversation_id, a.user_id)
     WHERE m.read_seq < a.seq
     ORDER BY 1, 2, 3
       FOR NO KEY UPDATE OF m
)
UPDATE members m SET read_seq = greatest(m.read_seq, f.seq)
  FROM found f
 WHERE (m.organisation_id, m.conversation_id, m.user_id) = (f.organisation_id, f.conversation_id, f.user_id)
)sql"};

}  // namespace

Task<void> PgReadPositionRepository::keep(std::span<PendingRead> group) {
    storage::ArrayLiteral organisations;
    storage::ArrayLiteral conversations;
    storage::ArrayLiteral users;
    storage::ArrayLiteral seqs;
    for (PendingRead const& read : group) {
        organisations.add(read.permit.organisation().text());
        conversations.add(read.conversation.text());
        users.add(read.permit.actor().text());
        seqs.add(std::to_string(read.seq));
    }
    (void)co_await db_.alone(group.front().permit, [&](storage::Tx& tx) -> Result<void> {
        tx.exec(keep_read_positions, organisations.text(), conversations.text(), users.text(), seqs.text());
        return {};
    });
}

}  // namespace samtal::chat
