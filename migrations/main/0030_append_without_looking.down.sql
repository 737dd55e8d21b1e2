CREATE OR REPLACE FUNCTION append_messages(organisations uuid[], conversations uuid[], counts integer[], places integer[], senders uuid[],
                                           client_ids uuid[], ids uuid[], texts bytea[], times_ms bigint[], decisions uuid[])
RETURNS TABLE (n bigint, seq bigint, change bigint, earlier_id uuid, earlier_ms bigint, earlier_text bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- Numbers for all, before it is known who is admitted: that must be looked up in a statement of its own, which sees what
    -- was committed while this one waited for its locks. One order for everybody, so that two groups never wait for each
    -- other in a circle.
    UPDATE conversations c SET last_seq = c.last_seq + p.messages
      FROM (SELECT * FROM unnest(organisations, conversations, counts) AS p (organisation_id, conversation_id, messages)
             ORDER BY 1, 2) AS p
     WHERE (c.organisation_id, c.conversation_id) = (p.organisation_id, p.conversation_id);
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT i.*, c.organisation_id, c.conversation_id, c.last_seq - counts[i.place] AS last_seq, c.last_change,
               member.here AND active.here AS admitted,
               e.message_id AS old_id, e.seq AS old_seq, e.sent_at AS old_at,
               CASE WHEN e.edited_at IS NULL THEN e.text END AS old_text  -- edited since: nothing to compare a repeat with
          FROM unnest(places, senders, client_ids, ids, texts, times_ms, decisions) WITH ORDINALITY
            AS i (place, sender_id, client_message_id, message_id, text, sent_ms, decision_id, n)
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = (organisations[i.place], conversations[i.place])
          -- Fenced by LIMIT: else the planner may read all members of a conversation to find one.
          LEFT JOIN LATERAL (SELECT true AS here FROM members m
                              WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                  = (c.organisation_id, c.conversation_id, i.sender_id) LIMIT 1) AS member ON true
          -- A restricted sender is refused like a stranger here, and not by the row policy, which would take the group with it.
          LEFT JOIN LATERAL (SELECT true AS here FROM users u
                              WHERE (u.organisation_id, u.user_id) = (c.organisation_id, i.sender_id)
                                AND u.state = 'active' AND u.restricted_at IS NULL LIMIT 1) AS active ON true
          -- The sender's next message from this place in the order of the client's ids on, whichever it is: so the planner has no
          -- other index to take. With the plain equation, and no statistics yet, it read the whole conversation for each message.
          LEFT JOIN LATERAL (SELECT m.conversation_id, m.client_message_id, m.message_id, m.seq, m.sent_at, m.edited_at, m.text FROM messages m
                              WHERE (m.organisation_id, m.sender_id) = (c.organisation_id, i.sender_id)
                                AND (m.conversation_id, m.client_message_id) >= (c.conversation_id, i.client_message_id)
                              ORDER BY m.conversation_id, m.client_message_id LIMIT 1) AS e
                 ON (e.conversation_id, e.client_message_id) = (c.conversation_id, i.client_message_id)
    ), fresh AS MATERIALIZED (
        SELECT *, last_seq + row_number() OVER (PARTITION BY place ORDER BY n) AS seq
          FROM judged WHERE admitted AND old_id IS NULL
    ), stored AS (
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
                              decision_id)
        SELECT organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text,
               to_timestamp(sent_ms / 1000.0), decision_id FROM fresh
    ), given_back AS (  -- the numbers of those who were not admitted: hardly ever any
        UPDATE conversations c SET last_seq = c.last_seq - g.messages
          FROM (SELECT organisation_id, conversation_id, count(*) AS messages FROM judged
                 WHERE admitted IS NOT TRUE OR old_id IS NOT NULL GROUP BY 1, 2) AS g
         WHERE (c.organisation_id, c.conversation_id) = (g.organisation_id, g.conversation_id)
    )
    SELECT n, seq, last_change, NULL::uuid, NULL::bigint, NULL::bytea FROM fresh
     UNION ALL
    SELECT n, old_seq, last_change, old_id, (extract(epoch FROM old_at) * 1000)::bigint, old_text
      FROM judged WHERE admitted AND old_id IS NOT NULL;
END $$;
