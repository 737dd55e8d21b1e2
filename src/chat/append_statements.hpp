#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::chat {

// Numbers, admits, stores and commits: see its migration. The arrays come in binary format.
inline constexpr storage::Statement append_messages{R"sql(
-- chat.append_messages
SELECT n, seq, change, earlier_id, earlier_ms, earlier_text
  FROM append_messages($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bytea[],
                       $9::bigint[], $10::uuid[])
)sql"};

// Those of the conversations that somebody has locked. Waits for nobody; a lock that it takes is gone when it
// ends.
inline constexpr storage::Statement locked_of{R"sql(
-- chat.locked_of
WITH asked AS MATERIALIZED (
    SELECT organisation_id, conversation_id FROM unnest($1::uuid[], $2::uuid[]) AS a (organisation_id, conversation_id)
), free AS MATERIALIZED (
    SELECT c.organisation_id, c.conversation_id
      FROM asked a
      JOIN conversations c ON (c.organisation_id, c.conversation_id) = (a.organisation_id, a.conversation_id)
       FOR NO KEY UPDATE OF c SKIP LOCKED
)
SELECT c.conversation_id
  FROM asked a
  JOIN conversations c ON (c.organisation_id, c.conversation_id) = (a.organisation_id, a.conversation_id)
 WHERE (c.organisation_id, c.conversation_id) NOT IN (SELECT organisation_id, conversation_id FROM free)
)sql"};

inline constexpr storage::Statement members_of{R"sql(
-- chat.members_of
SELECT conversation_id, user_id FROM members
 WHERE (organisation_id, conversation_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
)sql"};

}  // namespace samtal::chat
