#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

inline constexpr storage::Statement open_requests{R"sql(
-- rights.open_requests
SELECT organisation_id, request_id, user_id, kind, language
  FROM privacy_requests
 WHERE state IN ('received', 'running') AND request_id > $1::uuid
 ORDER BY request_id
 LIMIT 100
)sql"};

// Whose row it is works on the request; another server takes the next one.
inline constexpr storage::Statement take_request{R"sql(
-- rights.take_request
SELECT subject, received_at FROM privacy_requests
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND state IN ('received', 'running')
   FOR NO KEY UPDATE SKIP LOCKED
)sql"};

inline constexpr storage::Statement set_running{R"sql(
-- rights.set_running
UPDATE privacy_requests SET state = 'running', waits_for = NULLIF($3::text, '')
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
   AND (state <> 'running' OR waits_for IS DISTINCT FROM NULLIF($3::text, ''))
)sql"};

// Transactions of this program, of all its servers, that may have looked at an account before now. Whoever looks
// holds a lock on the table to the end.
inline constexpr storage::Statement others_at_work{R"sql(
-- rights.others_at_work
SELECT DISTINCT l.virtualtransaction FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.relation = 'users'::regclass AND l.pid <> pg_backend_pid()
   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   AND pg_has_role(a.usesysid, 'samtal_runtime', 'member')
)sql"};

// What a batch deleted is counted in the batch's own transaction, so that the certificate's sums are exact. No
// batch waits for the disk, but those after which members are told: what a crash takes back is done again, and the
// certificate's commit puts all before it on disk.
inline constexpr storage::Statement erase_batch{R"sql(
-- rights.erase_batch
WITH gone AS MATERIALIZED (
    SELECT e.*, row_number() OVER () AS n FROM erase_subject($1::uuid, $3::uuid, $4::text, $5::text[], $6::integer) AS e
     CROSS JOIN (SELECT CASE WHEN NOT $7::boolean THEN set_config('synchronous_commit', 'off', true) END) AS later
), counted AS (
    INSERT INTO erasure_counts AS c (organisation_id, request_id, category, holding, erased)
    SELECT $1::uuid, $2::uuid, g.category, g.holding, g.erased FROM gone g
    ON CONFLICT (organisation_id, request_id, holding) DO UPDATE SET erased = c.erased + excluded.erased
) SELECT g.erased, g.holding, g.reached FROM gone g ORDER BY g.n
)sql"};

// Whose members are to hear of the batch.
inline constexpr storage::Statement changed_here{R"sql(
-- rights.changed_here
SELECT organisation_id, conversation_id, last_change FROM conversations_changed_here()
)sql"};

inline constexpr storage::Statement read_counts{R"sql(
-- rights.read_counts
SELECT category, holding, erased FROM erasure_counts
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid ORDER BY category, holding
)sql"};

inline constexpr storage::Statement finish_erasure{R"sql(
-- rights.finish_erasure
UPDATE privacy_requests
   SET user_id = NULL, state = 'done', detail = NULL, reason = NULL, done_at = to_timestamp($3::bigint / 1000.0),
       certificate = $4::text
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement people_after{R"sql(
-- rights.people_after
SELECT user_id, organisation_id FROM users WHERE user_id > $1::uuid ORDER BY user_id LIMIT 1000
)sql"};

inline constexpr storage::Statement insert_replay{R"sql(
-- rights.insert_replay
INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, language, received_at, due_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, sha256(uuid_send($2::uuid)), 'erasure', 'running', 'sv',
        to_timestamp($4::bigint / 1000.0), to_timestamp($5::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

// Nobody took it up, and nobody is on it yet.
inline constexpr storage::Statement lapsed_invitations{R"sql(
-- rights.lapsed_invitations
SELECT u.organisation_id, u.user_id
  FROM users u
 WHERE u.state = 'invited' AND u.created_at <= to_timestamp($2::bigint / 1000.0) - $1::interval
   AND NOT EXISTS (SELECT FROM invitations i WHERE (i.organisation_id, i.user_id) = (u.organisation_id, u.user_id)
                                               AND i.expires_at + $1::interval > to_timestamp($2::bigint / 1000.0))
   AND NOT EXISTS (SELECT FROM privacy_requests r WHERE (r.organisation_id, r.user_id) = (u.organisation_id, u.user_id)
                                                    AND r.kind = 'erasure' AND r.state IN ('received', 'running'))
 ORDER BY u.created_at
 LIMIT $3::bigint
)sql"};

inline constexpr storage::Statement count_open{R"sql(
-- rights.count_open
SELECT kind, count(*), count(*) FILTER (WHERE due_at < to_timestamp($1::bigint / 1000.0)),
       (extract(epoch FROM min(due_at)) * 1000)::bigint
  FROM privacy_requests
 WHERE state IN ('received', 'running')
 GROUP BY kind
)sql"};

}  // namespace samtal::rights
