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
ON CONFLICT (organisation_id, conversation_id) DO NOTHING
)sql"};

// Nothing for a stranger.
inline constexpr storage::Statement list_members{R"sql(
-- chat.list_members
SELECT o.user_id
  FROM members m
  JOIN members o ON (o.organisation_id, o.conversation_id) = (m.organisation_id, m.conversation_id)
 WHERE m.organisation_id = $1 AND m.conversation_id = $2 AND m.user_id = $3
 LIMIT $4
)sql"};

// UUIDv7 grows with time, so its order is the order of creation. Members come along as "id:role,id:role". What is
// unread is counted among the newest 100, so that it costs the same in every conversation. A conversation before
// which $6 members stand is left to the next page; the last column says how many there would be without that.
inline constexpr storage::Statement list_conversations{R"sql(
-- chat.list_conversations
SELECT c.conversation_id, c.creator_id, c.title, greatest(c.first_seq, m.visible_from), c.last_seq, c.last_change,
       (extract(epoch FROM c.created_at) * 1000)::bigint,
       (SELECT string_agg(o.user_id || ':' || o.role, ',' ORDER BY o.user_id) FROM members o
         WHERE (o.organisation_id, o.conversation_id) = (c.organisation_id, c.conversation_id)),
       c.info_change, m.read_seq,
       (SELECT count(*) FILTER (WHERE n.sender_id <> m.user_id AND n.removed IS NULL)
          FROM (SELECT w.sender_id, w.removed FROM messages w
                 WHERE (w.organisation_id, w.conversation_id) = (c.organisation_id, c.conversation_id)
                   AND w.seq >= greatest(m.read_seq + 1, m.visible_from)
                 ORDER BY w.seq DESC LIMIT 100) AS n),
       l.*, m.found
  FROM (SELECT p.*, sum(p.size) OVER (ORDER BY p.conversation_id DESC) - p.size AS ahead, count(*) OVER () AS found
          FROM (SELECT m.organisation_id, m.conversation_id, m.user_id, m.visible_from, m.read_seq,
                       (SELECT count(*) FROM members o
                         WHERE (o.organisation_id, o.conversation_id) = (m.organisation_id, m.conversation_id)) AS size
                  FROM members m
                  JOIN users u ON (u.organisation_id, u.user_id) = (m.organisation_id, m.user_id) AND u.state = 'active'
                 WHERE m.organisation_id = $1 AND m.user_id = $2 AND m.conversation_id < $3
                   AND ($4::uuid IS NULL OR m.conversation_id = $4)
                 ORDER BY m.conversation_id DESC
                 LIMIT $5) AS p) AS m
  JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
  LEFT JOIN LATERAL (
       SELECT message_id, seq, sender_id, (extract(epoch FROM sent_at) * 1000)::bigint, text, removed,
              (extract(epoch FROM edited_at) * 1000)::bigint, change
         FROM messages
        WHERE organisation_id = m.organisation_id AND conversation_id = m.conversation_id AND seq >= m.visible_from
        ORDER BY seq DESC LIMIT 1) l ON true
 WHERE m.ahead < $6
 ORDER BY m.conversation_id DESC
)sql"};

}  // namespace samtal::chat
