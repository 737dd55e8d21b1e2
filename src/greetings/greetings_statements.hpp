#pragma once

#include "samtal/storage/tx.hpp"

// $1 and $2 are the organisation and the person everywhere.
namespace samtal::greetings {

// One change of a person's greetings at a time.
inline constexpr storage::Statement lock_greetings{R"sql(
-- greetings.lock
SELECT pg_advisory_xact_lock(hashtextextended('greetings ' || $1 || ' ' || $2, 0))
)sql"};

inline constexpr storage::Statement hold_consent{R"sql(
-- greetings.hold_consent
SELECT hold_consents($1::uuid, ARRAY[$2::uuid], 'greetings')
)sql"};

// What an earlier consent left would be deleted soon anyway; its schedule is not to pass to a new recording.
inline constexpr storage::Statement delete_earlier{R"sql(
-- greetings.delete_earlier
DELETE FROM greetings
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND greeting_id < consented_since($1::uuid, $2::uuid, 'greetings')
)sql"};

inline constexpr storage::Statement list_greetings{R"sql(
-- greetings.list
SELECT greeting_id, kind, duration_ms, schedule, (extract(epoch FROM recorded_at) * 1000)::bigint FROM greetings
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid
   AND greeting_id >= (SELECT consented_since($1::uuid, $2::uuid, 'greetings'))
 ORDER BY kind
)sql"};

inline constexpr storage::Statement read_recording{R"sql(
-- greetings.recording
SELECT greeting_id, audio FROM greetings
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND kind = $3
   AND greeting_id >= (SELECT consented_since($1::uuid, $2::uuid, 'greetings'))
)sql"};

inline constexpr storage::Statement find_greeting{R"sql(
-- greetings.find
SELECT greeting_id, schedule FROM greetings WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND kind = $3
)sql"};

// A row's id is in its ciphers, so a recording is a row of its own: the one before is deleted.
inline constexpr storage::Statement insert_greeting{R"sql(
-- greetings.insert
INSERT INTO greetings (organisation_id, user_id, kind, greeting_id, audio, duration_ms, schedule, recorded_at, decision_id)
VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5::bytea, $6::integer, $7::bytea, to_timestamp($8::bigint / 1000.0), $9::uuid)
)sql"};

inline constexpr storage::Statement set_greeting_schedule{R"sql(
-- greetings.set_schedule
UPDATE greetings SET schedule = $4::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND kind = $3
)sql"};

inline constexpr storage::Statement delete_greeting{R"sql(
-- greetings.delete
DELETE FROM greetings WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND kind = $3 RETURNING kind
)sql"};

// $3: the hash of a number, or null; $4: the greeting whose sound is wanted, or null.
inline constexpr storage::Statement greetings_for_switch{R"sql(
-- greetings.for_switch
SELECT user_id, greeting_id, kind, schedule, audio FROM greetings_of($1::uuid, $2::uuid, $3::bytea, $4::uuid)
)sql"};

}  // namespace samtal::greetings
