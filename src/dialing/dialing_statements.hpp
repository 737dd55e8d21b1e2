#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::dialing {

// The tenth newest tells whether there were ten lately.
inline constexpr storage::Statement count_lately{R"sql(
-- dialing.count_lately
SELECT count(*) FROM (SELECT requested_at FROM call_requests WHERE organisation_id = $1::uuid AND owner_id = $2::uuid
                       ORDER BY request_id DESC LIMIT $3::integer) AS newest
 WHERE requested_at > to_timestamp($4::bigint / 1000.0)
)sql"};

inline constexpr storage::Statement find_request_again{R"sql(
-- dialing.find_again
SELECT 1 FROM call_requests WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND request_id = $3::uuid
)sql"};

// $3: the hash of a number, or null for the one they have had longest.
inline constexpr storage::Statement number_of{R"sql(
-- dialing.number_of
SELECT a.assignment_id, a.number FROM phone_assignments a
  JOIN users u ON (u.organisation_id, u.user_id) = (a.organisation_id, a.user_id)
 WHERE a.organisation_id = $1::uuid AND a.user_id = $2::uuid AND u.state = 'active'
   AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())
   AND ($3::bytea IS NULL OR a.number_hash = $3::bytea)
 ORDER BY a.valid_from, a.assignment_id LIMIT 1
)sql"};

inline constexpr storage::Statement find_callback{R"sql(
-- dialing.callback
SELECT switch_id, url, credential FROM switch_callbacks WHERE organisation_id = $1::uuid ORDER BY switch_id LIMIT 1
)sql"};

inline constexpr storage::Statement insert_request{R"sql(
-- dialing.insert
INSERT INTO call_requests (organisation_id, owner_id, request_id, switch_id, from_number, to_number, state, requested_at, ends_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::bytea, $6::bytea, 'requested', to_timestamp($7::bigint / 1000.0),
        to_timestamp($8::bigint / 1000.0))
)sql"};

inline constexpr storage::Statement lock_request{R"sql(
-- dialing.lock
SELECT owner_id, state FROM call_requests
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND switch_id = $3::uuid FOR UPDATE
)sql"};

// What is null stays; $8: of a call that is not over, and what is over needs none.
inline constexpr storage::Statement update_request{R"sql(
-- dialing.update
UPDATE call_requests
   SET state = coalesce($4, state), reason = coalesce($5, reason), source_hash = coalesce($6::bytea, source_hash),
       ends_at = coalesce(to_timestamp($7::bigint / 1000.0), ends_at),
       follow_hash = CASE WHEN coalesce($4, state) IN ('ended', 'failed') THEN NULL ELSE coalesce($8::bytea, follow_hash) END
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND request_id = $3::uuid
)sql"};

// Of most calls nobody asked for.
inline constexpr storage::Statement find_followed{R"sql(
-- dialing.find_followed
SELECT request_id, follow_hash FROM call_requests
 WHERE organisation_id = $1::uuid AND follow_hash = ANY ($2::bytea[]) AND switch_id = $3::uuid
 ORDER BY request_id DESC
)sql"};

inline constexpr storage::Statement read_request{R"sql(
-- dialing.find
SELECT state, reason, (extract(epoch FROM requested_at) * 1000)::bigint, source_hash,
       (extract(epoch FROM ends_at) * 1000)::bigint
  FROM call_requests WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND request_id = $3::uuid
)sql"};

// The record of the call, if the person keeps a history.
inline constexpr storage::Statement find_call{R"sql(
-- dialing.find_call
SELECT c.call_id FROM calls c
 WHERE c.organisation_id = $1::uuid AND c.owner_id = $2::uuid AND c.source_hash = $3::bytea
   AND EXISTS (SELECT FROM hold_consents($1::uuid, ARRAY[$2::uuid], 'call_history'))
)sql"};

inline constexpr storage::Statement find_switch{R"sql(
-- dialing.find_switch
SELECT organisation_id FROM switches WHERE switch_id = $1::uuid
)sql"};

// Two statements, because what reads EXCLUDED needs the right to read the credential.
inline constexpr storage::Statement change_callback{R"sql(
-- dialing.change_callback
UPDATE switch_callbacks SET url = $3, credential = $4::bytea WHERE organisation_id = $1::uuid AND switch_id = $2::uuid
RETURNING switch_id
)sql"};

inline constexpr storage::Statement insert_callback{R"sql(
-- dialing.insert_callback
INSERT INTO switch_callbacks (organisation_id, switch_id, url, credential) VALUES ($1::uuid, $2::uuid, $3, $4::bytea)
)sql"};

inline constexpr storage::Statement delete_callback{R"sql(
-- dialing.delete_callback
DELETE FROM switch_callbacks WHERE organisation_id = $1::uuid AND switch_id = $2::uuid
)sql"};

}  // namespace samtal::dialing
