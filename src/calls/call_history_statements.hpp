#pragma once

#include "samtal/storage/tx.hpp"

// $1 and $2 are the organisation and the owner, except where only the organisation is asked.
namespace samtal::calls {

// Every bound is always there, so that the plan walks the index from the newest call of the page. $6 and $7: the
// outcomes asked for of incoming and of outgoing calls.
inline constexpr storage::Statement read_page{R"sql(
-- calls.page
SELECT call_id, direction, own_number, counterpart, (extract(epoch FROM started_at) * 1000)::bigint,
       (extract(epoch FROM answered_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, outcome, clock_off,
       stage, note
  FROM calls
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND started_at >= to_timestamp($3::bigint / 1000.0)
   AND (started_at, call_id) < (to_timestamp($4::bigint / 1000.0), $5::uuid)
   AND (direction = 'outgoing' OR outcome = ANY ($6::text[])) AND (direction = 'incoming' OR outcome = ANY ($7::text[]))
 ORDER BY started_at DESC, call_id DESC
 LIMIT $8::int
)sql"};

// The same of one number, whose keyed hash is $9: by an index of its own.
inline constexpr storage::Statement read_page_of_counterpart{R"sql(
-- calls.page_of_counterpart
SELECT call_id, direction, own_number, counterpart, (extract(epoch FROM started_at) * 1000)::bigint,
       (extract(epoch FROM answered_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, outcome, clock_off,
       stage, note
  FROM calls
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND counterpart_hash = $9::bytea
   AND started_at >= to_timestamp($3::bigint / 1000.0)
   AND (started_at, call_id) < (to_timestamp($4::bigint / 1000.0), $5::uuid)
   AND (direction = 'outgoing' OR outcome = ANY ($6::text[])) AND (direction = 'incoming' OR outcome = ANY ($7::text[]))
 ORDER BY started_at DESC, call_id DESC
 LIMIT $8::int
)sql"};

inline constexpr storage::Statement hold_history_consent{R"sql(
-- calls.hold_consent
SELECT hold_consents($1::uuid, ARRAY[$2::uuid], 'call_history')
)sql"};

// $4 absent: no note.
inline constexpr storage::Statement update_note{R"sql(
-- calls.update_note
UPDATE calls SET note = $4::bytea WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND call_id = $3::uuid
RETURNING call_id
)sql"};

inline constexpr storage::Statement read_figures{R"sql(
-- calls.statistics
SELECT width_bucket(started_at, $5::timestamptz[]) AS bucket, sum(incoming)::bigint, sum(outgoing)::bigint,
       sum(answered)::bigint, sum(missed)::bigint, sum(talk_s)::bigint, max(longest_s)::bigint
  FROM calls_to_count($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz)
 GROUP BY 1
)sql"};

// `place` 1 to $5: the counterparts with most calls, each by itself; $5 + 1: all others together. `call_id` is the
// last call of a counterpart's.
inline constexpr storage::Statement read_counterparts{R"sql(
-- calls.statistics_of_counterparts
WITH counterparts AS (
    SELECT kind, (array_agg(call_id ORDER BY started_at DESC, call_id DESC))[1] AS call_id, max(started_at) AS last_at,
           sum(incoming) AS incoming, sum(outgoing) AS outgoing, sum(answered) AS answered, sum(missed) AS missed,
           sum(talk_s) AS talk_s, max(longest_s) AS longest_s
      FROM calls_to_count($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz)
     GROUP BY kind, counterpart_hash
), ranked AS (
    SELECT *, least(row_number() OVER (ORDER BY incoming + outgoing DESC, last_at DESC, call_id), $5::bigint + 1) AS place
      FROM counterparts
)
SELECT place, min(kind), (array_agg(call_id))[1], sum(incoming)::bigint, sum(outgoing)::bigint, sum(answered)::bigint,
       sum(missed)::bigint, sum(talk_s)::bigint, max(longest_s)::bigint
  FROM ranked
 GROUP BY place
 ORDER BY place
)sql"};

// The other sides of some calls.
inline constexpr storage::Statement read_counterpart_numbers{R"sql(
-- calls.counterpart_numbers
SELECT i.n, c.counterpart, (extract(epoch FROM c.started_at) * 1000)::bigint
  FROM unnest($3::uuid[]) WITH ORDINALITY AS i (call_id, n)
  JOIN calls c ON c.organisation_id = $1::uuid AND c.owner_id = $2::uuid AND c.call_id = i.call_id
 WHERE c.counterpart_hash IS NOT NULL
)sql"};

inline constexpr storage::Statement find_colleagues_at{R"sql(
-- calls.colleagues_at
SELECT place, user_id, given_name, family_name FROM colleagues_at($1::uuid, $2::bytea[], $3::timestamptz[])
)sql"};

}  // namespace samtal::calls
