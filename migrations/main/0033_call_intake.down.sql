DROP FUNCTION insert_new_receipts(uuid[], uuid[], bytea[], bytea[]);
DROP INDEX calls_by_source;
ALTER TABLE calls ADD UNIQUE (organisation_id, owner_id, source_hash);
ALTER TABLE call_receipts DROP CONSTRAINT call_receipts_pkey, ADD PRIMARY KEY (organisation_id, switch_id, source_hash);
