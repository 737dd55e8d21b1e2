CREATE OR REPLACE FUNCTION hold_consents_of_many(organisations uuid[], users uuid[], wanted text)
RETURNS TABLE (organisation_id uuid, user_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.organisation_id, s.user_id
      FROM unnest($1, $2) AS i (organisation_id, user_id)
      JOIN consent_state s ON (s.organisation_id, s.user_id, s.purpose) = (i.organisation_id, i.user_id, $3)
      JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
     WHERE s.state = 'given' AND s.terms_hash = (SELECT current_terms($3))
       AND u.state = 'active' AND u.restricted_at IS NULL
     ORDER BY s.organisation_id, s.user_id
       FOR SHARE OF s
$$;
DROP FUNCTION insert_new_receipts(uuid[], uuid[], bytea[], bytea[]);
DROP INDEX calls_by_source;
ALTER TABLE calls ADD UNIQUE (organisation_id, owner_id, source_hash);
ALTER TABLE call_receipts DROP CONSTRAINT call_receipts_pkey, ADD PRIMARY KEY (organisation_id, switch_id, source_hash);
