#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::chat {

inline constexpr storage::Statement count_colleagues{R"sql(
-- chat.count_colleagues
SELECT count(*) FROM users WHERE organisation_id = $1 AND user_id = ANY ($2::uuid[]) AND state = 'active'
   AND restricted_at IS NULL
)sql"};

inline constexpr storage::Statement make_direct{R"sql(
-- chat.make_direct
INSERT INTO conversations (organisation_id, conversation_id, creator_id, direct_low, direct_high)
VALUES ($1, $2, $3, least($3::uuid, $4::uuid), greatest($3::uuid, $4::uuid))
ON CONFLICT (organisation_id, direct_low, direct_high) DO NOTHING
)sql"};

inline constexpr storage::Statement lock_direct{R"sql(
-- chat.lock_direct
SELECT conversation_id FROM conversations
 WHERE organisation_id = $1 AND direct_low = least($2::uuid, $3::uuid) AND direct_high = greatest($2::uuid, $3::uuid)
   FOR NO KEY UPDATE
)sql"};

inline constexpr storage::Statement make_group{R"sql(
-- chat.make_group
INSERT INTO conversations (organisation_id, conversation_id, creator_id, title) VALUES ($1, $2, $3, $4::bytea)
)sql"};

inline constexpr storage::Statement add_members{R"sql(
-- chat.add_members
INSERT INTO members (organisation_id, conversation_id, user_id, role)
SELECT $1, $2, user_id, $4 FROM unnest($3::uuid[]) AS u (user_id)
ON CONFLICT DO NOTHING
)sql"};

inline constexpr storage::Statement count_change{R"sql(
-- chat.count_change
UPDATE conversations SET last_change = last_change + 1 WHERE organisation_id = $1 AND conversation_id = $2
)sql"};

// Membership changes wait for messages under way and they for it: the same lock.
inline constexpr storage::Statement lock_conversation{R"sql(
-- chat.lock_conversation
SELECT c.direct_low IS NOT NULL, m.role
  FROM conversations c
  JOIN members m ON (m.organisation_id, m.conversation_id) = (c.organisation_id, c.conversation_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
 WHERE c.organisation_id = $1 AND c.conversation_id = $2 AND m.user_id = $3
   FOR NO KEY UPDATE OF c
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
)sql"};

inline constexpr storage::Statement list_members{R"sql(
-- chat.list_members
SELECT user_id FROM members WHERE organisation_id = $1 AND conversation_id = $2 LIMIT $3
)sql"};

// UUIDv7 grows with time, so its order is the order of creation. Members come along as "id:role,id:role".
inline constexpr storage::Statement list_conversations{R"sql(
-- chat.list_conversations
SELECT c.conversation_id, c.creator_id, c.title, c.first_seq, c.last_seq, c.last_change,
       (extract(epoch FROM c.created_at) * 1000)::bigint,
       (SELECT string_agg(o.user_id || ':' || o.role, ',' ORDER BY o.user_id) FROM members o
         WHERE (o.organisation_id, o.conversation_id) = (c.organisation_id, c.conversation_id))
  FROM members m
  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
  JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
 WHERE m.organisation_id = $1 AND m.user_id = $2 AND m.conversation_id < $3 AND ($4::uuid IS NULL OR m.conversation_id = $4)
 ORDER BY m.conversation_id DESC
 LIMIT $5
)sql"};

}  // namespace samtal::chat
