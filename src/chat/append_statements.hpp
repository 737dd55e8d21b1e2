#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::chat {

// One order for everybody, so that two groups never wait for each other in a circle. A statement of its own,
// because the next one must see what was committed while this one waited. FOR NO KEY UPDATE leaves foreign-key
// checks alone.
inline constexpr storage::Statement lock_conversations{R"sql(
-- chat.lock_conversations
SELECT organisation_id, conversation_id, last_change, last_seq FROM conversations
 WHERE (organisation_id, conversation_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
 ORDER BY organisation_id, conversation_id
   FOR NO KEY UPDATE
)sql"};

// The access check: who is no active member gets no row back. With what the client sent before under the same id.
inline constexpr storage::Statement admit_messages{R"sql(
-- chat.admit_messages
SELECT i.n, e.message_id, e.seq, (extract(epoch FROM e.sent_at) * 1000)::bigint, e.text
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) WITH ORDINALITY
    AS i (organisation_id, conversation_id, sender_id, client_message_id, n)
  JOIN members m ON (m.organisation_id, m.conversation_id, m.user_id)
                  = (i.organisation_id, i.conversation_id, i.sender_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (i.organisation_id, i.sender_id) AND u.state = 'active'
  LEFT JOIN messages e ON (e.organisation_id, e.conversation_id, e.sender_id, e.client_message_id)
                        = (i.organisation_id, i.conversation_id, i.sender_id, i.client_message_id)
 ORDER BY i.n
)sql"};

// Rows and their conversations' last_seq in one statement. A roll-back takes both back: no gaps.
inline constexpr storage::Statement store_messages{R"sql(
-- chat.store_messages
WITH grown AS (
    UPDATE conversations c SET last_seq = g.last_seq
      FROM unnest($10::uuid[], $11::uuid[], $12::bigint[]) AS g (organisation_id, conversation_id, last_seq)
     WHERE (c.organisation_id, c.conversation_id) = (g.organisation_id, g.conversation_id)
)
INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
                      decision_id)
SELECT organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text,
       to_timestamp(sent_at_ms / 1000.0), decision_id
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bytea[], $8::bigint[],
              $9::uuid[])
    AS i (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at_ms, decision_id)
)sql"};

inline constexpr storage::Statement members_of{R"sql(
-- chat.members_of
SELECT conversation_id, user_id FROM members
 WHERE (organisation_id, conversation_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
)sql"};

}  // namespace samtal::chat
