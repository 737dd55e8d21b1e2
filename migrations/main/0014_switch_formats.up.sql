-- Switches with formats of their own, calls that they report in parts, and calls taken in by groups. Owner: src/calls.

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

-- As its namesake of one organisation. The pairs stand in two arrays.
CREATE FUNCTION hold_consents(organisations uuid[], users uuid[], wanted text)
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
REVOKE ALL ON FUNCTION hold_consents(uuid[], uuid[], text) FROM PUBLIC;

-- Takes in calls that nobody has reported before, in one round trip and one commit; it runs with the caller's own rights
-- and row policies. Four arrays tell of the calls, each a source once; the others of the rows that their people would
-- have, `places` being the call's place. Comes back: a row that was written (n, owner), and a call that was known
-- (n, earlier), of which nothing was written.
CREATE FUNCTION append_calls(organisations uuid[], switches uuid[], sources bytea[], contents bytea[],
                             places bigint[], owners uuid[], ids uuid[], hashes bytea[], directions text[],
                             own_numbers bytea[], counterparts bytea[], started_ms bigint[], answered_ms bigint[],
                             ended_ms bigint[], outcomes text[], clocks_off boolean[], decisions uuid[])
RETURNS TABLE (n bigint, owner uuid, earlier bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE fresh bigint[];
BEGIN
    -- In one order, so that two groups never wait for each other in a circle.
    WITH inserted AS (
        INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash)
        SELECT o, s, h, c FROM unnest(organisations, switches, sources, contents) AS i (o, s, h, c) ORDER BY o, s, h
            ON CONFLICT (organisation_id, switch_id, source_hash) DO NOTHING
        RETURNING switch_id, source_hash
    )
    SELECT coalesce(array_agg(i.n), '{}') INTO fresh
      FROM unnest(switches, sources) WITH ORDINALITY AS i (switch_id, source_hash, n)
      JOIN inserted r ON (r.switch_id, r.source_hash) = (i.switch_id, i.source_hash);
    RETURN QUERY
    WITH wanted AS MATERIALIZED (
        SELECT organisations[i.place] AS organisation_id, i.*
          FROM unnest(places, owners, ids, hashes, directions, own_numbers, counterparts, started_ms, answered_ms, ended_ms,
                      outcomes, clocks_off, decisions)
            AS i (place, owner_id, call_id, source_hash, direction, own_number, counterpart, started_ms, answered_ms, ended_ms,
                  outcome, clock_off, decision_id)
          JOIN unnest(fresh) AS f (place) ON f.place = i.place
    ), people AS MATERIALIZED (
        SELECT array_agg(organisation_id) AS organisations, array_agg(owner_id) AS owners
          FROM (SELECT DISTINCT organisation_id, owner_id FROM wanted) AS d
    ), consenting AS MATERIALIZED (
        SELECT h.organisation_id, h.user_id FROM people p, hold_consents(p.organisations, p.owners, 'call_history') AS h
    ), chosen AS MATERIALIZED (
        SELECT w.* FROM wanted w JOIN consenting c ON (c.organisation_id, c.user_id) = (w.organisation_id, w.owner_id)
    ), stored AS (
        INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, counterpart, started_at,
                           answered_at, ended_at, outcome, clock_off, decision_id)
        SELECT organisation_id, owner_id, call_id, source_hash, direction, own_number, counterpart,
               to_timestamp(started_ms / 1000.0), to_timestamp(answered_ms / 1000.0), to_timestamp(ended_ms / 1000.0),
               outcome, clock_off, decision_id
          FROM chosen
    )
    SELECT place, owner_id, NULL::bytea FROM chosen;
    -- A statement of its own, because it must see what was committed while the first one waited.
    RETURN QUERY
    SELECT i.n, NULL::uuid, r.content_hash
      FROM unnest(organisations, switches, sources) WITH ORDINALITY AS i (o, s, h, n)
      JOIN call_receipts r ON (r.organisation_id, r.switch_id, r.source_hash) = (i.o, i.s, i.h)
     WHERE NOT i.n = ANY (fresh) AND cardinality(fresh) < cardinality(sources);
END $$;
REVOKE ALL ON FUNCTION append_calls(uuid[], uuid[], bytea[], bytea[], bigint[], uuid[], uuid[], bytea[], text[], bytea[], bytea[],
                                    bigint[], bigint[], bigint[], text[], boolean[], uuid[]) FROM PUBLIC;

COMMENT ON COLUMN switches.time_zone    IS 'not personal; of times without an offset; absent: the deployment''s';
COMMENT ON COLUMN switches.country_code IS 'not personal; of numbers without one; absent: the deployment''s';
COMMENT ON COLUMN switches.short_prefix IS 'not personal; what makes a short number an E.164 one';
COMMENT ON COLUMN switches.short_digits IS 'not personal; how many digits a short number has';
COMMENT ON COLUMN calls.part_hash       IS 'personal; field=calls.part_hash; keyed per owner; absent when the call came whole';
COMMENT ON COLUMN calls.part_rank       IS 'personal; field=calls.part_rank; how much the part says to the owner';
COMMENT ON COLUMN calls.clock_off       IS 'personal; field=calls.clock_off; the call ended after it was reported: the switch''s clock is wrong';
