-- Call records come in with less work for each. Owner: src/calls.

-- A receipt is found by its source alone: that hash covers its switch.
ALTER TABLE call_receipts DROP CONSTRAINT call_receipts_pkey, ADD PRIMARY KEY (organisation_id, source_hash);

-- The hash is keyed by its owner, so it needs nothing beside it. As a B-tree, which this hash enters anywhere, it was the dearest
-- part of a row. That a person has a call once is seen to by the receipt, and by the lock of a call that comes in parts.
ALTER TABLE calls DROP CONSTRAINT calls_organisation_id_owner_id_source_hash_key;
CREATE INDEX calls_by_source ON calls USING hash (source_hash) WHERE source_hash IS NOT NULL;

-- Receipts that are most likely all new, without looking first. False: one was there, and nothing was done. Parameters come in the
-- order of the keys, so that two groups never wait for each other in a circle.
CREATE FUNCTION insert_new_receipts(organisations uuid[], switches uuid[], sources bytea[], contents bytea[]) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash)
    SELECT * FROM unnest(organisations, switches, sources, contents);
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;
REVOKE ALL ON FUNCTION insert_new_receipts(uuid[], uuid[], bytea[], bytea[]) FROM PUBLIC;

-- hold_consents_of_many as it was, but planned once for each connection and not at each call.
CREATE OR REPLACE FUNCTION hold_consents_of_many(organisations uuid[], users uuid[], wanted text)
RETURNS TABLE (organisation_id uuid, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.organisation_id, s.user_id
      FROM unnest($1, $2) AS i (organisation_id, user_id)
      JOIN consent_state s ON (s.organisation_id, s.user_id, s.purpose) = (i.organisation_id, i.user_id, $3)
      JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
     WHERE s.state = 'given' AND s.terms_hash = (SELECT current_terms($3))
       AND u.state = 'active' AND u.restricted_at IS NULL
     ORDER BY s.organisation_id, s.user_id
       FOR SHARE OF s;
END $$;
