DROP FUNCTION colleagues_at(uuid, bytea[], timestamptz[]);
DROP FUNCTION calls_to_count(uuid, uuid, timestamptz, timestamptz);
DROP INDEX calls_of_counterpart;
CREATE INDEX calls_of_counterpart ON calls (owner_id, counterpart_hash) WHERE counterpart_hash IS NOT NULL;
