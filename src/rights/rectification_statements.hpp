#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

inline constexpr storage::Statement correct_given_name{R"sql(
-- rights.correct_given_name
UPDATE profiles SET given_name = $3::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement correct_family_name{R"sql(
-- rights.correct_family_name
UPDATE profiles SET family_name = $3::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement correct_contact_numbers{R"sql(
-- rights.correct_contact_numbers
UPDATE profiles SET contact_numbers = $3::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement set_reason{R"sql(
-- rights.set_reason
UPDATE privacy_requests SET reason = $3::bytea WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement await_confirmation{R"sql(
-- rights.await_confirmation
UPDATE privacy_requests SET waits_for = 'confirmation', link_id = $3::uuid
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

inline constexpr storage::Statement open_correction{R"sql(
-- rights.open_correction
SELECT request_id FROM privacy_requests
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND kind = 'rectification' AND state = 'running' AND request_id <> $3::uuid
   FOR NO KEY UPDATE
)sql"};

// A link that is used or past, and not confirmed, never will be; whether another one took its place.
inline constexpr storage::Statement state_of_link{R"sql(
-- rights.state_of_link
SELECT coalesce(l.confirmed, false), l.used_at IS NOT NULL OR l.expires_at <= to_timestamp($3::bigint / 1000.0) OR l.link_id IS NULL,
       l.used_at IS NOT NULL AND EXISTS (
           SELECT FROM mail_links n WHERE (n.organisation_id, n.user_id) = (l.organisation_id, l.user_id)
              AND n.expires_at > l.expires_at AND (n.used_at IS NULL OR n.confirmed))
  FROM privacy_requests r
  LEFT JOIN mail_links l ON (l.organisation_id, l.user_id, l.link_id) = (r.organisation_id, r.user_id, r.link_id)
 WHERE r.organisation_id = $1::uuid AND r.request_id = $2::uuid
)sql"};

inline constexpr storage::Statement settle_request{R"sql(
-- rights.settle_request
UPDATE privacy_requests
   SET state = $3::text, waits_for = NULL, done_at = to_timestamp($4::bigint / 1000.0), reason = NULLIF($5, '')::bytea
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

// An archive that waits to be fetched holds the old value: it goes, and the newest of each kind is built again.
inline constexpr storage::Statement renew_archives{R"sql(
-- rights.renew_archives
WITH stale AS (
    DELETE FROM privacy_archives WHERE organisation_id = $1::uuid AND user_id = $2::uuid RETURNING request_id
), again AS (
    SELECT DISTINCT ON (r.kind) r.request_id FROM privacy_requests r
     WHERE r.organisation_id = $1::uuid AND r.user_id = $2::uuid AND r.state = 'ready'
       AND NOT EXISTS (SELECT FROM privacy_requests o WHERE (o.organisation_id, o.user_id, o.kind) = (r.organisation_id, r.user_id, r.kind)
                                                        AND o.state IN ('received', 'running'))
     ORDER BY r.kind, r.request_id DESC)
UPDATE privacy_requests r
   SET state = CASE WHEN a.request_id IS NULL THEN 'done' ELSE 'received' END,
       done_at = CASE WHEN a.request_id IS NULL THEN r.done_at END
  FROM stale s LEFT JOIN again a USING (request_id)
 WHERE r.organisation_id = $1::uuid AND r.request_id = s.request_id
)sql"};

}  // namespace samtal::rights
