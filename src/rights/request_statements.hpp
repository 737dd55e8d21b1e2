#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

// A second open request of the kind is no row: the index privacy_requests_under_way.
inline constexpr storage::Statement insert_request{R"sql(
-- rights.insert_request
INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, detail, language, received_at, due_at,
                              done_at, receipt_hash, receipt_expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::text, $6::text, NULLIF($7, '')::bytea, $8::text,
        to_timestamp($9::bigint / 1000.0), to_timestamp($10::bigint / 1000.0),
        CASE WHEN $6::text IN ('done', 'refused') THEN to_timestamp($9::bigint / 1000.0) END, NULLIF($11, '')::bytea,
        to_timestamp(NULLIF($12::bigint, 0) / 1000.0))
ON CONFLICT DO NOTHING
RETURNING request_id
)sql"};

inline constexpr storage::Statement request_exists{R"sql(
-- rights.request_exists
SELECT FROM privacy_requests WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement person_is_held{R"sql(
-- rights.person_is_held
SELECT is_held($1::uuid, $2::uuid)
)sql"};

inline constexpr storage::Statement lock_person{R"sql(
-- rights.lock_person
UPDATE users SET state = 'erasing' WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement end_sessions{R"sql(
-- rights.end_sessions
DELETE FROM sessions WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement set_restricted{R"sql(
-- rights.set_restricted
UPDATE users
   SET restricted_at = CASE WHEN $3::boolean THEN to_timestamp($4::bigint / 1000.0) END
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND (restricted_at IS NULL) = $3::boolean
RETURNING user_id
)sql"};

inline constexpr storage::Statement add_objection{R"sql(
-- rights.add_objection
INSERT INTO objections (organisation_id, user_id, purpose, since)
VALUES ($1::uuid, $2::uuid, $3::text, to_timestamp($4::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

inline constexpr storage::Statement lift_objection{R"sql(
-- rights.lift_objection
DELETE FROM objections WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND purpose = $3::text
)sql"};

// UUIDv7 grows with time: newest first.
inline constexpr storage::Statement read_requests{R"sql(
-- rights.read_requests
SELECT request_id, organisation_id, user_id, kind, state, language, (extract(epoch FROM received_at) * 1000)::bigint AS received_at,
       (extract(epoch FROM due_at) * 1000)::bigint AS due_at, (extract(epoch FROM extended_at) * 1000)::bigint AS extended_at,
       (extract(epoch FROM done_at) * 1000)::bigint AS done_at, waits_for, reason, certificate
  FROM privacy_requests
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND request_id < $3::uuid
   AND ($4::uuid IS NULL OR request_id = $4::uuid)
 ORDER BY request_id DESC
 LIMIT $5::bigint
)sql"};

inline constexpr storage::Statement read_by_receipt{R"sql(
-- rights.read_by_receipt
SELECT request_id, organisation_id, user_id, kind, state, language, (extract(epoch FROM received_at) * 1000)::bigint AS received_at,
       (extract(epoch FROM due_at) * 1000)::bigint AS due_at, (extract(epoch FROM extended_at) * 1000)::bigint AS extended_at,
       (extract(epoch FROM done_at) * 1000)::bigint AS done_at, waits_for, reason, certificate
  FROM privacy_requests
 WHERE receipt_hash = $1::bytea AND receipt_expires_at > to_timestamp($2::bigint / 1000.0)
)sql"};

}  // namespace samtal::rights
