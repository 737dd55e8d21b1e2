-- The derived functions go first: they stand on what goes here, and come back with the grants.
DROP FUNCTION IF EXISTS fading_due(text, interval, interval, interval, timestamptz);
DROP FUNCTION IF EXISTS fading_rows(uuid, text, text, interval, interval, timestamptz, timestamptz, integer);
DROP FUNCTION IF EXISTS count_faded_calls(uuid, text, interval, timestamptz, timestamptz, integer, uuid, text);
DROP FUNCTION calls_with_numbers(uuid, uuid, uuid, integer);
DROP FUNCTION forget_counterpart(uuid, uuid[], bytea[], timestamptz[], timestamptz[]);
DROP FUNCTION remove_counterparts(uuid, uuid[], uuid[]);
DROP FUNCTION owners_of_calls(uuid, uuid, integer);
DROP FUNCTION fade_calls(uuid, text, uuid[], uuid[], bytea[]);
ALTER TABLE organisations DROP COLUMN calls_masked_after, DROP COLUMN calls_token_after, DROP COLUMN calls_kept, DROP COLUMN call_counters_kept;
DROP INDEX calls_faded_by_age;
DROP INDEX calls_full_by_age;
CREATE INDEX calls_by_age ON calls (ended_at);
DROP TABLE call_counters;
CREATE OR REPLACE FUNCTION calls_to_count(organisation uuid, owner uuid, from_at timestamptz, to_at timestamptz)
RETURNS TABLE (call_id uuid, started_at timestamptz, kind text, counterpart_hash bytea, incoming integer, outgoing integer,
               answered integer, missed integer, talk_s bigint, longest_s bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000 SET search_path = public, pg_temp AS $$
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
       AND EXISTS (SELECT FROM consent_state s
                    WHERE s.organisation_id = $1 AND s.user_id = $2 AND s.purpose = 'call_history' AND s.state = 'given'
                      AND s.terms_hash = current_terms('call_history'))
       AND NOT EXISTS (SELECT FROM users u WHERE u.organisation_id = $1 AND u.user_id = $2 AND u.restricted_at IS NOT NULL)
$$;
