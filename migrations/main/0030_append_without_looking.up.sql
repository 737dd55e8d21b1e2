-- Appending with fewer look-ups: a conversation's numbers are kept from the update that locks it, and whether a client sent a message
-- before is looked up only after the unique index says that one of the group was. Owner: src/chat.

-- Appends a group of messages and commits with the statement that calls it: one round trip for the whole transaction. It runs with
-- the caller's own rights and row policies. `organisations`, `conversations` and `counts` (how many messages of the group): each
-- conversation once. The other arrays hold a message at a place each; `places` says at which place its conversation stands.
-- `n` is a message's place; whose sender is no active member gets no row back. `earlier_id` and what follows: the client sent
-- this message before, and this is what was stored then.
CREATE OR REPLACE FUNCTION append_messages(organisations uuid[], conversations uuid[], counts integer[], places integer[], senders uuid[],
                                           client_ids uuid[], ids uuid[], texts bytea[], times_ms bigint[], decisions uuid[])
RETURNS TABLE (n bigint, seq bigint, change bigint, earlier_id uuid, earlier_ms bigint, earlier_text bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    careful boolean := false;  -- whether earlier messages are looked for
    found integer[]; bases bigint[]; changes bigint[];  -- of each conversation: what it was numbered from, its latest change
BEGIN
    LOOP
        BEGIN
            -- Numbers for all, before it is known who is admitted: that must be looked up in a statement of its own, which sees
            -- what was committed while this one waited for its locks. One order for everybody, so that two groups never wait for
            -- each other in a circle.
            WITH numbered AS (
                UPDATE conversations c SET last_seq = c.last_seq + p.messages
                  FROM (SELECT * FROM unnest(organisations, conversations, counts) WITH ORDINALITY
                                   AS p (organisation_id, conversation_id, messages, place)
                         ORDER BY 1, 2) AS p
                 WHERE (c.organisation_id, c.conversation_id) = (p.organisation_id, p.conversation_id)
                RETURNING p.place, c.last_seq - p.messages AS base, c.last_change
            ) SELECT array_agg(n.place ORDER BY n.place), array_agg(n.base ORDER BY n.place),
                     array_agg(n.last_change ORDER BY n.place) INTO found, bases, changes FROM numbered n;
            IF cardinality(found) < cardinality(conversations) THEN  -- some do not exist: each of the others to its own place
                FOR k IN REVERSE cardinality(found)..1 LOOP
                    bases[found[k]] := bases[k];
                    changes[found[k]] := changes[k];
                    IF found[k] > k THEN bases[k] := NULL; END IF;
                END LOOP;
            END IF;
            RETURN QUERY
            WITH judged AS MATERIALIZED (
                SELECT i.place, i.n, i.text,
                       -- Without a number there was no conversation to lock: it was made since.
                       member.here AND active.here AND bases[i.place] IS NOT NULL AS admitted,
                       e.message_id AS old_id, e.seq AS old_seq, e.sent_at AS old_at,
                       CASE WHEN e.edited_at IS NULL THEN e.text END AS old_text  -- edited since: nothing to compare a repeat with
                  FROM unnest(places, texts) WITH ORDINALITY AS i (place, text, n)
                  -- Fenced by LIMIT: else the planner may read all members of a conversation to find one.
                  LEFT JOIN LATERAL (SELECT true AS here FROM members m
                                      WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                          = (organisations[i.place], conversations[i.place], senders[i.n]) LIMIT 1) AS member ON true
                  -- A restricted sender is refused like a stranger here, and not by the row policy, which would take the group along.
                  LEFT JOIN LATERAL (SELECT true AS here FROM users u
                                      WHERE (u.organisation_id, u.user_id) = (organisations[i.place], senders[i.n])
                                        AND u.state = 'active' AND u.restricted_at IS NULL LIMIT 1) AS active ON true
                  -- The sender's next message from this place in the order of the client's ids on, whichever it is: so the planner
                  -- has no other index to take. With the plain equation, and no statistics yet, it read whole conversations.
                  LEFT JOIN LATERAL (SELECT m.conversation_id, m.client_message_id, m.message_id, m.seq, m.sent_at, m.edited_at, m.text
                                       FROM messages m
                                      WHERE careful AND (m.organisation_id, m.sender_id) = (organisations[i.place], senders[i.n])
                                        AND (m.conversation_id, m.client_message_id) >= (conversations[i.place], client_ids[i.n])
                                      ORDER BY m.conversation_id, m.client_message_id LIMIT 1) AS e
                         ON (e.conversation_id, e.client_message_id) = (conversations[i.place], client_ids[i.n])
            ), fresh AS MATERIALIZED (
                SELECT *, bases[place] + row_number() OVER (PARTITION BY place ORDER BY n) AS seq
                  FROM judged WHERE admitted AND old_id IS NULL
            ), stored AS (
                INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
                                      decision_id)
                SELECT organisations[place], conversations[place], seq, ids[n], senders[n], client_ids[n], text,
                       to_timestamp(times_ms[n] / 1000.0), decisions[n] FROM fresh
                RETURNING 1
            ), given_back AS (  -- the numbers of those who were not admitted: hardly ever any
                UPDATE conversations c SET last_seq = c.last_seq - g.messages
                  FROM (SELECT place, count(*) AS messages FROM judged
                         WHERE admitted IS NOT TRUE OR old_id IS NOT NULL GROUP BY 1) AS g
                 WHERE (c.organisation_id, c.conversation_id) = (organisations[g.place], conversations[g.place])
            )
            -- All are stored before the first is returned: rows that were returned stay so when this block is rolled back.
            SELECT n, seq, changes[place], NULL::uuid, NULL::bigint, NULL::bytea
              FROM fresh WHERE (SELECT count(*) FROM stored) >= 0
             UNION ALL
            SELECT n, old_seq, changes[place], old_id, (extract(epoch FROM old_at) * 1000)::bigint, old_text
              FROM judged WHERE admitted AND old_id IS NOT NULL;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            IF careful THEN RAISE; END IF;
            careful := true;
        END;
    END LOOP;
END $$;
