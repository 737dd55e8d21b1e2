-- Switches with formats of their own, calls that they report in parts, and calls of several organisations in one group. Owner: src/calls.

-- How a switch writes times and numbers, where that differs from the deployment's config.
ALTER TABLE switches
    ADD COLUMN time_zone    text     CHECK (length(time_zone) BETWEEN 1 AND 64),
    ADD COLUMN country_code text     CHECK (country_code ~ '^[1-9][0-9]{0,2}$'),
    ADD COLUMN short_prefix text     CHECK (short_prefix ~ '^\+[1-9][0-9]{0,13}$'),
    ADD COLUMN short_digits smallint CHECK (short_digits BETWEEN 2 AND 6),
    ADD CHECK ((short_prefix IS NULL) = (short_digits IS NULL));

-- A row of a call that came in parts (legs, attempts) shows the part that says most to its owner: the greatest rank.
ALTER TABLE calls
    ADD COLUMN part_hash bytea   CHECK (octet_length(part_hash) = 32),
    ADD COLUMN part_rank bigint  NOT NULL DEFAULT 0,
    ADD COLUMN clock_off boolean NOT NULL DEFAULT false;

-- A call finds its people by equality; the exclusion constraint's index does that ten times slower.
CREATE INDEX phone_assignments_by_number ON phone_assignments (organisation_id, number_hash);

-- No foreign keys: they cost a third of an insert. Calls are stored by src/calls alone, under a consent that is locked, so an
-- erasure waits for them and deletes them in its next batch; receipts are of the switch that has just signed in.
ALTER TABLE calls DROP CONSTRAINT calls_organisation_id_owner_id_fkey;
ALTER TABLE call_receipts DROP CONSTRAINT call_receipts_organisation_id_switch_id_fkey;

-- hold_consents, for people of several organisations. The pairs stand in two arrays.
CREATE FUNCTION hold_consents_of_many(organisations uuid[], users uuid[], wanted text)
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
REVOKE ALL ON FUNCTION hold_consents_of_many(uuid[], uuid[], text) FROM PUBLIC;

COMMENT ON COLUMN switches.time_zone    IS 'not personal; of times without an offset; absent: the deployment''s';
COMMENT ON COLUMN switches.country_code IS 'not personal; of numbers without one; absent: the deployment''s';
COMMENT ON COLUMN switches.short_prefix IS 'not personal; what makes a short number an E.164 one';
COMMENT ON COLUMN switches.short_digits IS 'not personal; how many digits a short number has';
COMMENT ON COLUMN calls.part_hash       IS 'personal; field=calls.part_hash; keyed per owner; absent when the call came whole';
COMMENT ON COLUMN calls.part_rank       IS 'personal; field=calls.part_rank; how much the part says to the owner';
COMMENT ON COLUMN calls.clock_off       IS 'personal; field=calls.clock_off; the call ended after it was reported: the switch''s clock is wrong';
