-- The derived functions go first: they stand on what goes here, and come back with the grants.
DROP FUNCTION IF EXISTS fading_due(text, interval, interval, interval, timestamptz);
DROP FUNCTION IF EXISTS fading_rows(uuid, text, text, interval, interval, timestamptz, timestamptz, integer);
DROP FUNCTION IF EXISTS count_faded_calls(uuid, text, interval, timestamptz, timestamptz, integer, uuid, text);
DROP FUNCTION calls_with_numbers(uuid, uuid, uuid, integer);
DROP FUNCTION forget_counterpart(uuid, uuid[], bytea[], timestamptz[], timestamptz[]);
DROP FUNCTION remove_counterparts(uuid, uuid[], uuid[]);
DROP FUNCTION owners_of_calls(uuid, uuid, integer);
DROP FUNCTION fade_calls(uuid, text, uuid[], uuid[], bytea[]);
ALTER TABLE organisations DROP COLUMN calls_masked_after, DROP COLUMN calls_token_after, DROP COLUMN calls_kept, DROP COLUMN call_counters_kept;
DROP INDEX calls_faded_by_age;
DROP INDEX calls_full_by_age;
CREATE INDEX calls_by_age ON calls (ended_at);
DROP TABLE call_counters;
