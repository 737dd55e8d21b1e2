DROP INDEX calls_of_counterpart;
DELETE FROM calls WHERE stage <> 'full';  -- they cannot be what they were
ALTER TABLE calls DROP COLUMN stage, DROP COLUMN counterpart_hash, DROP COLUMN note, ALTER COLUMN source_hash SET NOT NULL;
