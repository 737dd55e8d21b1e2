-- An erasure walks a person's rows in the order of a key and never passes again by what it has done. Owner: src/rights.
-- The old plan reached a batch's rows by passing all that the batches before had left dead. The new one is made with the grants.
DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, integer);
DROP FUNCTION erase_messages(uuid, uuid, integer);

-- In other people's conversations a stub stays: its place and time, nothing of its sender. Each is a change that clients hear of; the
-- lock comes before, and in everybody's order: it is what gives the numbers. `after`: the key reached before.
CREATE FUNCTION erase_messages(organisation uuid, person uuid, after text[], most integer, OUT erased bigint, OUT reached text[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE due tid[]; places uuid[]; ids uuid[];
BEGIN
    SELECT array_agg(d.ctid), array_agg(d.conversation_id), array_agg(d.client_message_id), count(*) INTO due, places, ids, erased
      FROM (SELECT m.ctid, m.conversation_id, m.client_message_id FROM messages m
             WHERE m.organisation_id = $1 AND m.sender_id = $2
               AND (m.conversation_id, m.client_message_id)
                 > (coalesce(after[1]::uuid, '00000000-0000-0000-0000-000000000000'),
                    coalesce(after[2]::uuid, '00000000-0000-0000-0000-000000000000'))
             ORDER BY m.conversation_id, m.client_message_id LIMIT most) AS d;
    reached := ARRAY[places[erased]::text, ids[erased]::text];
    PERFORM FROM conversations c WHERE c.organisation_id = $1 AND c.conversation_id = ANY (places)
      ORDER BY c.conversation_id FOR NO KEY UPDATE;
    WITH numbered AS MATERIALIZED (
        SELECT m.ctid AS place, c.last_change + row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.seq) AS change
          FROM messages m
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = (m.organisation_id, m.conversation_id)
         WHERE m.ctid = ANY (due) AND m.organisation_id = $1 AND m.sender_id = $2
    ), stubs AS (
        UPDATE messages m
           SET sender_id = NULL, text = NULL, removed = 'erased', client_message_id = m.message_id, edited_at = NULL, change = n.change
          FROM numbered n WHERE m.ctid = n.place
        RETURNING m.conversation_id, m.change
    )
    UPDATE conversations c SET last_change = g.change
      FROM (SELECT s.conversation_id, max(s.change) AS change FROM stubs s GROUP BY 1) AS g
     WHERE (c.organisation_id, c.conversation_id) = ($1, g.conversation_id);
END $$;
REVOKE ALL ON FUNCTION erase_messages(uuid, uuid, text[], integer) FROM PUBLIC;
