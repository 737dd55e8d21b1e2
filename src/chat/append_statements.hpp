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

inline constexpr storage::Statement members_of{R"sql(
-- chat.members_of
SELECT conversation_id, user_id FROM members
 WHERE (organisation_id, conversation_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
)sql"};

}  // namespace samtal::chat
