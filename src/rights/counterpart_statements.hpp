#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

inline constexpr storage::Statement own_numbers{R"sql(
-- rights.own_numbers
SELECT assignment_id, number_hash, number, (extract(epoch FROM valid_from) * 1000)::bigint,
       (extract(epoch FROM valid_to) * 1000)::bigint
  FROM phone_assignments WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

inline constexpr storage::Statement owners_of_calls{R"sql(
-- rights.owners_of_calls
SELECT o FROM owners_of_calls($1::uuid, $2::uuid, $3::integer) AS o
)sql"};

inline constexpr storage::Statement forget_counterpart{R"sql(
-- rights.forget_counterpart
SELECT forget_counterpart($1::uuid, $2::uuid[], $3::bytea[],
                          ARRAY(SELECT to_timestamp(t / 1000.0) FROM unnest($4::bigint[]) AS t),
                          ARRAY(SELECT to_timestamp(t / 1000.0) FROM unnest($5::bigint[]) AS t))
)sql"};

inline constexpr storage::Statement calls_with_numbers{R"sql(
-- rights.calls_with_numbers
SELECT owner_id, call_id, counterpart, (extract(epoch FROM started_at) * 1000)::bigint
  FROM calls_with_numbers($1::uuid, $2::uuid, $3::uuid, $4::integer)
)sql"};

inline constexpr storage::Statement remove_counterparts{R"sql(
-- rights.remove_counterparts
SELECT remove_counterparts($1::uuid, $2::uuid[], $3::uuid[])
)sql"};

// Beside what is erased of the person's own.
inline constexpr storage::Statement count_removed{R"sql(
-- rights.count_removed_counterparts
INSERT INTO erasure_counts AS c (organisation_id, request_id, category, holding, erased)
VALUES ($1::uuid, $2::uuid, 'traffic', 'calls_of_others', $3::bigint)
ON CONFLICT (organisation_id, request_id, holding) DO UPDATE SET erased = c.erased + excluded.erased
)sql"};

}  // namespace samtal::rights
