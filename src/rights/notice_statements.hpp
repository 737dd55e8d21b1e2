#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

// Whom the person's data went to besides.
inline constexpr storage::Statement recipients_of_person{R"sql(
-- rights.recipients_of_person
SELECT DISTINCT recipient FROM disclosures WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement add_notice{R"sql(
-- rights.add_notice
INSERT INTO recipient_notices (organisation_id, request_id, recipient, notice_id, about, made_at, next_at)
VALUES ($1::uuid, $2::uuid, $3::text, $4::uuid, $5::bytea, to_timestamp($6::bigint / 1000.0),
        CASE WHEN $7::boolean THEN 'infinity' ELSE to_timestamp($6::bigint / 1000.0) END)
ON CONFLICT (organisation_id, request_id, recipient) DO NOTHING
)sql"};

// Those of an erasure wait until it is done.
inline constexpr storage::Statement release_notices{R"sql(
-- rights.release_notices
UPDATE recipient_notices SET made_at = to_timestamp($3::bigint / 1000.0), next_at = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND told_at IS NULL
RETURNING recipient
)sql"};

inline constexpr storage::Statement notices_of_request{R"sql(
-- rights.notices_of_request
SELECT recipient, CASE WHEN told_at IS NOT NULL THEN 'told' WHEN failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END,
       (extract(epoch FROM told_at) * 1000)::bigint
  FROM recipient_notices
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
 ORDER BY recipient
)sql"};

// Whose turn it is: nobody else takes it until $2, when a server that died with it counts as failed.
inline constexpr storage::Statement take_notices{R"sql(
-- rights.take_notices
UPDATE recipient_notices n SET next_at = to_timestamp($2::bigint / 1000.0), tries = n.tries + 1
  FROM (SELECT notice_id FROM recipient_notices WHERE told_at IS NULL AND next_at <= to_timestamp($1::bigint / 1000.0)
         ORDER BY next_at LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED) AS due
 WHERE n.notice_id = due.notice_id
RETURNING n.organisation_id, n.request_id, n.notice_id, n.recipient, n.about, n.tries
)sql"};

inline constexpr storage::Statement lock_notice{R"sql(
-- rights.lock_notice
SELECT organisation_id, request_id, notice_id, recipient, about, tries
  FROM recipient_notices
 WHERE notice_id = $1::uuid AND told_at IS NULL
   FOR NO KEY UPDATE
)sql"};

inline constexpr storage::Statement set_told{R"sql(
-- rights.set_told
UPDATE recipient_notices SET told_at = to_timestamp($2::bigint / 1000.0), about = NULL WHERE notice_id = $1::uuid
)sql"};

inline constexpr storage::Statement set_failed{R"sql(
-- rights.set_failed
UPDATE recipient_notices SET failed_at = to_timestamp($2::bigint / 1000.0), next_at = to_timestamp($3::bigint / 1000.0)
 WHERE notice_id = $1::uuid AND told_at IS NULL
)sql"};

inline constexpr storage::Statement untold_notices{R"sql(
-- rights.untold_notices
SELECT n.notice_id, n.organisation_id, n.request_id, n.recipient, r.kind, (extract(epoch FROM n.made_at) * 1000)::bigint,
       n.tries, n.failed_at IS NOT NULL
  FROM recipient_notices n
  JOIN privacy_requests r USING (organisation_id, request_id)
 WHERE n.told_at IS NULL AND (n.next_at < 'infinity' OR n.failed_at IS NOT NULL)
 ORDER BY n.made_at
 LIMIT 1000
)sql"};

inline constexpr storage::Statement count_untold{R"sql(
-- rights.count_untold
SELECT count(*), count(*) FILTER (WHERE made_at <= to_timestamp($1::bigint / 1000.0)) FROM recipient_notices
 WHERE told_at IS NULL AND (next_at < 'infinity' OR failed_at IS NOT NULL)
)sql"};

}  // namespace samtal::rights
