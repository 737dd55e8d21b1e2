-- What a person's call history is filtered, named and counted by. Owner: src/calls.

-- In the order of a page, so that one number's calls are read newest first and no more of them than a page holds.
DROP INDEX calls_of_counterpart;
CREATE INDEX calls_of_counterpart ON calls (owner_id, counterpart_hash, started_at DESC, call_id DESC)
    WHERE counterpart_hash IS NOT NULL;

-- The calls of one person in a time, each as a row to be summed up. The policies of `calls` ask for every row whether its owner
-- consents and is not restricted; here all rows have one owner, so it is asked once: counting a month is twenty times as fast.
CREATE FUNCTION calls_to_count(organisation uuid, owner uuid, from_at timestamptz, to_at timestamptz)
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
REVOKE ALL ON FUNCTION calls_to_count(uuid, uuid, timestamptz, timestamptz) FROM PUBLIC;

-- Whose these numbers were at those moments, among the active people of the organisation who show theirs, with as much of their
-- names as they show. Asked when calls are read; nothing is kept of it.
CREATE FUNCTION colleagues_at(organisation uuid, hashes bytea[], moments timestamptz[])
RETURNS TABLE (place bigint, user_id uuid, given_name bytea, family_name bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Each step by itself, by index: before there are statistics PostgreSQL would rather begin with all people. One person has a
    -- number at a time.
    SELECT i.n, who.*
      FROM unnest($2, $3) WITH ORDINALITY AS i (number_hash, moment, n)
     CROSS JOIN LATERAL (SELECT a.user_id FROM phone_assignments a
                          WHERE a.organisation_id = $1 AND a.number_hash = i.number_hash
                            AND tstzrange(a.valid_from, a.valid_to) @> i.moment
                          LIMIT 1) holder
     CROSS JOIN LATERAL (SELECT p.user_id, CASE WHEN NOT 'given_name' = ANY (p.private_fields) THEN p.given_name END,
                                CASE WHEN NOT 'family_name' = ANY (p.private_fields) THEN p.family_name END
                           FROM profiles p
                          WHERE p.organisation_id = $1 AND p.user_id = holder.user_id AND NOT 'phone_numbers' = ANY (p.private_fields)
                            AND EXISTS (SELECT FROM users u WHERE u.organisation_id = $1 AND u.user_id = holder.user_id
                                           AND u.state = 'active' AND u.restricted_at IS NULL)
                          LIMIT 1) who
$$;
REVOKE ALL ON FUNCTION colleagues_at(uuid, bytea[], timestamptz[]) FROM PUBLIC;
