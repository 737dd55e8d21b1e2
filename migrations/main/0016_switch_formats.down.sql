DROP FUNCTION hold_consents_of_many(uuid[], uuid[], text);
DROP INDEX phone_assignments_by_number;
ALTER TABLE calls DROP COLUMN part_hash, DROP COLUMN part_rank, DROP COLUMN clock_off;
ALTER TABLE switches DROP COLUMN time_zone, DROP COLUMN country_code, DROP COLUMN short_prefix, DROP COLUMN short_digits;
