#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

inline constexpr storage::Statement read_open{R"sql(
-- rights.read_open
SELECT request_id, organisation_id, user_id, kind, state, language, (extract(epoch FROM received_at) * 1000)::bigint AS received_at,
       (extract(epoch FROM due_at) * 1000)::bigint AS due_at, (extract(epoch FROM extended_at) * 1000)::bigint AS extended_at,
       (extract(epoch FROM done_at) * 1000)::bigint AS done_at, waits_for, reason, certificate
  FROM privacy_requests
 WHERE state IN ('received', 'running') AND request_id < $1::uuid
 ORDER BY request_id DESC
 LIMIT $2::bigint
)sql"};

inline constexpr storage::Statement lock_request{R"sql(
-- rights.lock_request
SELECT request_id, organisation_id, user_id, kind, state, language, (extract(epoch FROM received_at) * 1000)::bigint AS received_at,
       (extract(epoch FROM due_at) * 1000)::bigint AS due_at, (extract(epoch FROM extended_at) * 1000)::bigint AS extended_at,
       (extract(epoch FROM done_at) * 1000)::bigint AS done_at, waits_for, reason, certificate
  FROM privacy_requests
 WHERE request_id = $1::uuid
   FOR NO KEY UPDATE
)sql"};

inline constexpr storage::Statement extend_request{R"sql(
-- rights.extend_request
UPDATE privacy_requests
   SET extended_at = to_timestamp($3::bigint / 1000.0), due_at = to_timestamp($4::bigint / 1000.0), reason = $5::bytea
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement refuse_request{R"sql(
-- rights.refuse_request
UPDATE privacy_requests
   SET state = 'refused', waits_for = NULL, done_at = to_timestamp($3::bigint / 1000.0), reason = $4::bytea
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement list_organisations{R"sql(
-- rights.list_organisations
SELECT organisation_id FROM organisations WHERE organisation_id > $1::uuid ORDER BY organisation_id LIMIT 1000
)sql"};

// Whose the number is or was, in these organisations.
inline constexpr storage::Statement find_assignments{R"sql(
-- rights.find_assignments
SELECT a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())
  FROM unnest($1::uuid[], $2::bytea[]) AS i (organisation_id, number_hash)
  JOIN phone_assignments a ON a.organisation_id = i.organisation_id AND a.number_hash = i.number_hash
)sql"};

inline constexpr storage::Statement insert_intake{R"sql(
-- rights.insert_intake
INSERT INTO privacy_intakes (intake_id, kind, number_hash, reference, received_at, due_at, answer)
VALUES ($1::uuid, $2::text, $3::bytea, $4::text, to_timestamp($5::bigint / 1000.0), to_timestamp($6::bigint / 1000.0), $7::text)
ON CONFLICT DO NOTHING
)sql"};

}  // namespace samtal::rights
