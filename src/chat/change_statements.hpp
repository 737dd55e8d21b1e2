#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::chat {

// Changes wait for messages under way and they for them: the same lock. No stranger takes it.
inline constexpr storage::Statement lock_conversation{R"sql(
-- chat.lock_conversation
SELECT FROM conversations c
 WHERE c.organisation_id = $1 AND c.conversation_id = $2
   AND EXISTS (SELECT FROM members m WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                         = (c.organisation_id, c.conversation_id, $3))
   FOR NO KEY UPDATE
)sql"};

// The same, where somebody waited in vain before.
inline constexpr storage::Statement lock_conversation_now{R"sql(
-- chat.lock_conversation_now
SELECT FROM conversations c
 WHERE c.organisation_id = $1 AND c.conversation_id = $2
   AND EXISTS (SELECT FROM members m WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                         = (c.organisation_id, c.conversation_id, $3))
   FOR NO KEY UPDATE NOWAIT
)sql"};

// Whether somebody is out, and change $4 was made.
inline constexpr storage::Statement has_left{R"sql(
-- chat.has_left
SELECT FROM conversations c
 WHERE c.organisation_id = $1 AND c.conversation_id = $2 AND c.last_change >= $4
   AND NOT EXISTS (SELECT FROM members m WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                             = (c.organisation_id, c.conversation_id, $3))
)sql"};

// A statement of its own, because it must see what was committed while the lock was waited for.
inline constexpr storage::Statement find_place{R"sql(
-- chat.find_place
SELECT c.direct_low IS NOT NULL, m.role, m.visible_from, c.last_change, c.last_seq
  FROM conversations c
  JOIN members m ON (m.organisation_id, m.conversation_id) = (c.organisation_id, c.conversation_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
 WHERE c.organisation_id = $1 AND c.conversation_id = $2 AND m.user_id = $3
)sql"};

// A message has no index by its id, which would cost every message a fifth of its throughput. But its id was made
// a moment after the time it carries, and by time there is one. OFFSET 0: that one, whatever the planner thinks.
inline constexpr storage::Statement find_own_message{R"sql(
-- chat.find_own_message
SELECT m.message_id, m.seq, m.sender_id, (extract(epoch FROM m.sent_at) * 1000)::bigint, m.text, m.removed,
       (extract(epoch FROM m.edited_at) * 1000)::bigint, m.change
  FROM (SELECT organisation_id, conversation_id, message_id, seq, sender_id, sent_at, text, removed, edited_at, change
          FROM messages
         WHERE sent_at BETWEEN to_timestamp(($6::bigint - 1000) / 1000.0) AND to_timestamp($6::bigint / 1000.0)
         ORDER BY sent_at DESC OFFSET 0) m
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.message_id = $3 AND m.sender_id = $4 AND m.seq >= $5
 LIMIT 1
)sql"};

inline constexpr storage::Statement writer_is_held{R"sql(
-- chat.writer_is_held
SELECT is_held($1::uuid, $2::uuid)
)sql"};

inline constexpr storage::Statement edit_message{R"sql(
-- chat.edit_message
UPDATE messages SET text = $4::bytea, edited_at = to_timestamp($5 / 1000.0), change = $6
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq = $3
)sql"};

inline constexpr storage::Statement delete_message{R"sql(
-- chat.delete_message
UPDATE messages SET text = NULL, removed = 'deleted', edited_at = NULL, change = $4
 WHERE organisation_id = $1 AND conversation_id = $2 AND seq = $3
)sql"};

inline constexpr storage::Statement count_change{R"sql(
-- chat.count_change
UPDATE conversations
   SET last_change = last_change + 1, info_change = CASE WHEN $3::boolean THEN last_change + 1 ELSE info_change END
 WHERE organisation_id = $1 AND conversation_id = $2
RETURNING last_change
)sql"};

// Whoever comes sees what is said from now on.
inline constexpr storage::Statement add_members{R"sql(
-- chat.add_members
INSERT INTO members (organisation_id, conversation_id, user_id, role, visible_from)
SELECT c.organisation_id, c.conversation_id, u.user_id, $4, c.last_seq + 1
  FROM conversations c CROSS JOIN unnest($3::uuid[]) AS u (user_id)
 WHERE c.organisation_id = $1 AND c.conversation_id = $2
ON CONFLICT DO NOTHING
RETURNING user_id
)sql"};

inline constexpr storage::Statement remove_member{R"sql(
-- chat.remove_member
DELETE FROM members WHERE organisation_id = $1 AND conversation_id = $2 AND user_id = $3
)sql"};

// A group without an owner could never change again: who has been in it longest becomes one.
inline constexpr storage::Statement promote_owner{R"sql(
-- chat.promote_owner
UPDATE members SET role = 'owner'
 WHERE (organisation_id, conversation_id, user_id) IN (
       SELECT organisation_id, conversation_id, user_id FROM members
        WHERE organisation_id = $1 AND conversation_id = $2 ORDER BY joined_at, user_id LIMIT 1)
   AND NOT EXISTS (SELECT FROM members WHERE organisation_id = $1 AND conversation_id = $2 AND role = 'owner')
RETURNING user_id
)sql"};

inline constexpr storage::Statement retitle{R"sql(
-- chat.retitle
UPDATE conversations SET title = $3::bytea, creator_id = $4 WHERE organisation_id = $1 AND conversation_id = $2
)sql"};

inline constexpr storage::Statement count_members{R"sql(
-- chat.count_members
SELECT count(*) FROM (SELECT FROM members WHERE organisation_id = $1 AND conversation_id = $2 LIMIT $3) AS m
)sql"};

// Who may hear of message $3.
inline constexpr storage::Statement list_witnesses{R"sql(
-- chat.list_witnesses
SELECT user_id FROM members WHERE organisation_id = $1 AND conversation_id = $2 AND visible_from <= $3
)sql"};

}  // namespace samtal::chat
