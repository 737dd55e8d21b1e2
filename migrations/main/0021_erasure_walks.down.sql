DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, text, text[], integer);
DROP FUNCTION erase_messages(uuid, uuid, text[], integer);

-- In other people's conversations a stub stays, and is a change that clients hear of.
CREATE FUNCTION erase_messages(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE batch tid[]; places uuid[]; done bigint;
BEGIN
    SELECT array_agg(b.ctid), array_agg(DISTINCT b.conversation_id) INTO batch, places
      FROM (SELECT m.ctid, m.conversation_id FROM messages m WHERE m.organisation_id = $1 AND m.sender_id = $2 LIMIT $3) AS b;
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    WITH numbered AS MATERIALIZED (
        SELECT m.ctid AS place, c.last_change + row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.seq) AS change
          FROM messages m
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
         WHERE m.ctid = ANY (batch) AND m.organisation_id = $1 AND m.sender_id = $2
    ), stubs AS (
        UPDATE messages m
           SET sender_id = NULL, text = NULL, removed = 'erased', client_message_id = m.message_id, edited_at = NULL, change = n.change
          FROM numbered n WHERE m.ctid = n.place
        RETURNING m.conversation_id, m.change
    ), grown AS (
        UPDATE conversations c SET last_change = g.change
          FROM (SELECT s.conversation_id, max(s.change) AS change FROM stubs s GROUP BY 1) AS g
         WHERE (c.organisation_id, c.conversation_id) = ($1, g.conversation_id)
    )
    SELECT count(*) INTO done FROM stubs;
    RETURN done;
END $$;
REVOKE ALL ON FUNCTION erase_messages(uuid, uuid, integer) FROM PUBLIC;
