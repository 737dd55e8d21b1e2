DROP FUNCTION hold_consents_of_many(uuid[], uuid[], text);
DROP INDEX phone_assignments_by_number;
ALTER TABLE call_receipts ADD FOREIGN KEY (organisation_id, switch_id) REFERENCES switches ON DELETE CASCADE;
ALTER TABLE calls ADD FOREIGN KEY (organisation_id, owner_id) REFERENCES users ON DELETE CASCADE;
ALTER TABLE calls DROP COLUMN part_hash, DROP COLUMN part_rank, DROP COLUMN clock_off;
ALTER TABLE switches DROP COLUMN time_zone, DROP COLUMN country_code, DROP COLUMN short_prefix, DROP COLUMN short_digits;
