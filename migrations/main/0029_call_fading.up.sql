-- Call histories that fade: found by stage, counted by the hour in the end, and without who was erased. Owner: src/calls.
-- Which rows are due is in functions that are derived from the register, with the grants.

-- What a history keeps of calls whose rows are gone. The hour begins in the owner's time zone. `batch_id` tells, as a call's id does,
-- under which consent it stands.
CREATE TABLE call_counters (
    organisation_id uuid        NOT NULL,
    owner_id        uuid        NOT NULL,
    hour            timestamptz NOT NULL,
    direction       text        NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    outcome         text        NOT NULL CHECK (outcome IN ('answered', 'busy', 'no_answer', 'cancelled', 'failed')),
    calls           integer     NOT NULL CHECK (calls > 0),
    talk_s          bigint      NOT NULL CHECK (talk_s >= 0),
    longest_s       bigint      NOT NULL CHECK (longest_s BETWEEN 0 AND talk_s),
    batch_id        uuid        NOT NULL,
    PRIMARY KEY (organisation_id, owner_id, hour, direction, outcome),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX call_counters_by_age ON call_counters (organisation_id, hour);

-- What has faded to a counter is counted with the calls, at the beginning of its hour.
CREATE OR REPLACE FUNCTION calls_to_count(organisation uuid, owner uuid, from_at timestamptz, to_at timestamptz)
RETURNS TABLE (call_id uuid, started_at timestamptz, kind text, counterpart_hash bytea, incoming integer, outgoing integer,
               answered integer, missed integer, talk_s bigint, longest_s bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000 SET search_path = public, pg_temp AS $$
    SELECT * FROM (
        SELECT c.call_id, c.started_at,
               CASE WHEN c.stage <> 'full' THEN c.stage
                    WHEN c.counterpart_hash IS NOT NULL THEN 'number'
                    WHEN c.counterpart IS NULL THEN 'withheld'
                    ELSE 'unlisted' END,
               c.counterpart_hash, (c.direction = 'incoming')::integer, (c.direction = 'outgoing')::integer,
               (c.outcome = 'answered')::integer, (c.direction = 'incoming' AND c.outcome <> 'answered')::integer, t.s, t.s
          FROM calls c
         CROSS JOIN LATERAL (SELECT coalesce(floor(date_part('epoch', c.ended_at - c.answered_at)), 0)::bigint AS s) AS t
         WHERE c.organisation_id = $1 AND c.owner_id = $2 AND c.started_at >= $3 AND c.started_at < $4
         UNION ALL
        SELECT NULL, k.hour, 'counted', NULL, CASE WHEN k.direction = 'incoming' THEN k.calls ELSE 0 END,
               CASE WHEN k.direction = 'outgoing' THEN k.calls ELSE 0 END, CASE WHEN k.outcome = 'answered' THEN k.calls ELSE 0 END,
               CASE WHEN k.direction = 'incoming' AND k.outcome <> 'answered' THEN k.calls ELSE 0 END, k.talk_s, k.longest_s
          FROM call_counters k
         WHERE k.organisation_id = $1 AND k.owner_id = $2 AND k.hour >= $3 AND k.hour < $4
    ) AS counted
     WHERE EXISTS (SELECT FROM consent_state s
                    WHERE s.organisation_id = $1 AND s.user_id = $2 AND s.purpose = 'call_history' AND s.state = 'given'
                      AND s.terms_hash = current_terms('call_history'))
       AND NOT EXISTS (SELECT FROM users u WHERE u.organisation_id = $1 AND u.user_id = $2 AND u.restricted_at IS NOT NULL)
$$;

-- By organisation, whose periods may differ, and by stage. A call that comes in stands in one of the two, as it stood in one before.
DROP INDEX calls_by_age;
CREATE INDEX calls_full_by_age ON calls (organisation_id, ended_at) WHERE stage = 'full';
CREATE INDEX calls_faded_by_age ON calls (organisation_id, stage, ended_at) WHERE stage <> 'full';

-- An organisation's own, shorter periods; null: as the register says.
ALTER TABLE organisations
    ADD COLUMN calls_masked_after interval CHECK (calls_masked_after >= interval '1 day'),
    ADD COLUMN calls_token_after  interval CHECK (calls_token_after >= interval '1 day'),
    ADD COLUMN calls_kept         interval CHECK (calls_kept >= interval '1 day'),
    ADD COLUMN call_counters_kept interval CHECK (call_counters_kept >= interval '1 day');

-- What the fading takes away: whatever else says who was on the other side goes with the number.
CREATE FUNCTION fade_calls(organisation uuid, into_stage text, owners uuid[], ids uuid[], counterparts bytea[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH faded AS (
        UPDATE calls c
           SET stage = $2, counterpart = i.counterpart, source_hash = NULL, counterpart_hash = NULL, part_hash = NULL, part_rank = 0, note = NULL
          FROM unnest($3, $4, $5) AS i (owner_id, call_id, counterpart)
         WHERE (c.organisation_id, c.owner_id, c.call_id) = ($1, i.owner_id, i.call_id)
           AND c.stage IN ('full', 'masked') AND c.stage <> $2
        RETURNING 1)
    SELECT count(*) FROM faded
$$;
REVOKE ALL ON FUNCTION fade_calls(uuid, text, uuid[], uuid[], bytea[]) FROM PUBLIC;

-- Erasure of somebody: their number goes from other people's calls. Whose calls these are is known to their owners' keys alone, so
-- everybody who has calls with a number is asked for, in the order of ids.
CREATE FUNCTION owners_of_calls(organisation uuid, after uuid, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.user_id FROM users u
     WHERE u.organisation_id = $1 AND u.user_id > $2
       AND EXISTS (SELECT FROM calls c WHERE c.owner_id = u.user_id AND c.counterpart_hash IS NOT NULL)
     ORDER BY u.user_id LIMIT $3
$$;
REVOKE ALL ON FUNCTION owners_of_calls(uuid, uuid, integer) FROM PUBLIC;

-- The one place where a row loses its other side. A held person's rows stay as they are, until they fade (GDPR Art. 17.3 e).
CREATE FUNCTION remove_counterparts(organisation uuid, owners uuid[], ids uuid[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH removed AS (
        UPDATE calls c
           SET stage = 'removed', counterpart = NULL, source_hash = NULL, counterpart_hash = NULL, part_hash = NULL, part_rank = 0, note = NULL
          FROM unnest($2, $3) AS i (owner_id, call_id)
         WHERE (c.organisation_id, c.owner_id, c.call_id) = ($1, i.owner_id, i.call_id) AND c.stage = 'full'
           AND NOT EXISTS (SELECT FROM legal_holds h
                            WHERE (h.organisation_id, h.user_id) = (c.organisation_id, c.owner_id) AND h.released_at IS NULL)
        RETURNING 1)
    SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION remove_counterparts(uuid, uuid[], uuid[]) FROM PUBLIC;

-- By the hash that each owner has of a number; the number was the person's from `since` until `until`.
CREATE FUNCTION forget_counterpart(organisation uuid, owners uuid[], hashes bytea[], since timestamptz[], until timestamptz[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT remove_counterparts($1, array_agg(c.owner_id), array_agg(c.call_id))
      FROM unnest($2, $3, $4, $5) AS i (owner_id, counterpart_hash, since, until)
      JOIN calls c ON (c.owner_id, c.counterpart_hash) = (i.owner_id, i.counterpart_hash)
     WHERE c.organisation_id = $1 AND c.counterpart_hash IS NOT NULL AND c.started_at >= i.since AND (i.until IS NULL OR c.started_at < i.until)
$$;
REVOKE ALL ON FUNCTION forget_counterpart(uuid, uuid[], bytea[], timestamptz[], timestamptz[]) FROM PUBLIC;

-- When the person's own key is gone and so is their number in plain: a backup brought back what had been erased. Then every call that
-- still has a number is looked at, in the order of the key.
CREATE FUNCTION calls_with_numbers(organisation uuid, after_owner uuid, after_call uuid, most integer)
RETURNS TABLE (owner_id uuid, call_id uuid, counterpart bytea, started_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.owner_id, c.call_id, CASE WHEN c.stage = 'full' THEN c.counterpart END, c.started_at FROM calls c
     WHERE c.organisation_id = $1 AND (c.owner_id, c.call_id) > ($2, $3)
     ORDER BY c.owner_id, c.call_id LIMIT $4
$$;
REVOKE ALL ON FUNCTION calls_with_numbers(uuid, uuid, uuid, integer) FROM PUBLIC;

COMMENT ON TABLE  call_counters                 IS 'personal; holder=calls; purpose=call_history; keep=register:call_history';
COMMENT ON COLUMN call_counters.organisation_id IS 'not personal';
COMMENT ON COLUMN call_counters.owner_id        IS 'personal; field=call_counters.owner_id';
COMMENT ON COLUMN call_counters.hour            IS 'personal; field=call_counters.hour; when it began, in the owner''s time zone';
COMMENT ON COLUMN call_counters.direction       IS 'personal; field=call_counters.direction';
COMMENT ON COLUMN call_counters.outcome         IS 'personal; field=call_counters.outcome';
COMMENT ON COLUMN call_counters.calls           IS 'personal; field=call_counters.calls; how many';
COMMENT ON COLUMN call_counters.talk_s          IS 'personal; field=call_counters.talk_s; seconds, each call''s whole ones';
COMMENT ON COLUMN call_counters.longest_s       IS 'personal; field=call_counters.longest_s; of one call';
COMMENT ON COLUMN call_counters.batch_id        IS 'not personal; UUIDv7 of when the first of them was counted';

COMMENT ON COLUMN organisations.calls_masked_after IS 'not personal; null: as the register says';
COMMENT ON COLUMN organisations.calls_token_after  IS 'not personal; null: as the register says';
COMMENT ON COLUMN organisations.calls_kept         IS 'not personal; null: as the register says';
COMMENT ON COLUMN organisations.call_counters_kept IS 'not personal; null: as the register says';
