DROP FUNCTION append_messages(uuid[], uuid[], integer[], integer[], uuid[], uuid[], uuid[], bytea[], bigint[], uuid[]);
CREATE FUNCTION append_messages(organisations uuid[], places uuid[], senders uuid[], client_ids uuid[], ids uuid[],
                                texts bytea[], times_ms bigint[], decisions uuid[])
RETURNS TABLE (n bigint, seq bigint, change bigint, earlier_id uuid, earlier_ms bigint, earlier_text bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One order for everybody, so that two groups never wait for each other in a circle. A statement of its own, because
    -- the next one must see what was committed while this one waited. FOR NO KEY UPDATE leaves foreign-key checks alone.
    PERFORM FROM conversations c
      WHERE (c.organisation_id, c.conversation_id) IN (SELECT * FROM unnest(organisations, places))
      ORDER BY c.organisation_id, c.conversation_id
        FOR NO KEY UPDATE;
    RETURN QUERY
    WITH admitted AS MATERIALIZED (
        SELECT i.*, c.last_seq, c.last_change, e.message_id AS old_id, e.seq AS old_seq, e.sent_at AS old_at, e.text AS old_text
          FROM unnest(organisations, places, senders, client_ids, ids, texts, times_ms, decisions) WITH ORDINALITY
            AS i (organisation_id, conversation_id, sender_id, client_message_id, message_id, text, sent_ms, decision_id, n)
          -- Fenced by LIMIT: else the planner may read all members of a conversation to find one.
          CROSS JOIN LATERAL (SELECT FROM members m WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                                        = (i.organisation_id, i.conversation_id, i.sender_id) LIMIT 1) AS member
          -- A restricted sender is refused like a stranger here, and not by the row policy, which would take the group with it.
          CROSS JOIN LATERAL (SELECT FROM users u WHERE (u.organisation_id, u.user_id) = (i.organisation_id, i.sender_id)
                                                    AND u.state = 'active' AND u.restricted_at IS NULL LIMIT 1) AS active
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = (i.organisation_id, i.conversation_id)
          LEFT JOIN messages e ON (e.organisation_id, e.conversation_id, e.sender_id, e.client_message_id)
                                = (i.organisation_id, i.conversation_id, i.sender_id, i.client_message_id)
    ), fresh AS MATERIALIZED (
        SELECT *, last_seq + row_number() OVER (PARTITION BY organisation_id, conversation_id ORDER BY n) AS seq
          FROM admitted WHERE old_id IS NULL
    ), stored AS (
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
                              decision_id)
        SELECT organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text,
               to_timestamp(sent_ms / 1000.0), decision_id FROM fresh
    ), grown AS (
        UPDATE conversations c SET last_seq = g.seq
          FROM (SELECT organisation_id, conversation_id, max(seq) AS seq FROM fresh GROUP BY 1, 2) AS g
         WHERE (c.organisation_id, c.conversation_id) = (g.organisation_id, g.conversation_id)
    )
    SELECT n, seq, last_change, NULL::uuid, NULL::bigint, NULL::bytea FROM fresh
     UNION ALL
    SELECT n, old_seq, last_change, old_id, (extract(epoch FROM old_at) * 1000)::bigint, old_text
      FROM admitted WHERE old_id IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION append_messages(uuid[], uuid[], uuid[], uuid[], uuid[], bytea[], bigint[], uuid[]) FROM PUBLIC;
