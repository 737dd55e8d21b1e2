-- An erasure walks a person's rows in the order of a key and never passes again by what it has done. Owner: src/rights.
-- The old plan reached a batch's rows by passing all that the batches before had left dead. The new one is made with the grants.
DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, integer);
DROP FUNCTION erase_messages(uuid, uuid, integer);

-- In other people's conversations a stub stays: its place and time, nothing of its sender. Each is a change that clients hear of; the
-- lock comes before, and in everybody's order: it is what gives the numbers. `after`: the key reached before.
CREATE FUNCTION erase_messages(organisation uuid, person uuid, after text[], most integer, OUT erased bigint, OUT reached text[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE due tid[]; places uuid[]; ids uuid[]; numbers bigint[];
BEGIN
    SELECT array_agg(d.ctid), array_agg(d.conversation_id), array_agg(d.client_message_id), array_agg(d.seq), count(*)
      INTO due, places, ids, numbers, erased
      FROM (SELECT m.ctid, m.conversation_id, m.client_message_id, m.seq FROM messages m
             WHERE m.organisation_id = $1 AND m.sender_id = $2
               AND (m.conversation_id, m.client_message_id)
                 > (coalesce(after[1]::uuid, '00000000-0000-0000-0000-000000000000'),
                    coalesce(after[2]::uuid, '00000000-0000-0000-0000-000000000000'))
             ORDER BY m.conversation_id, m.client_message_id LIMIT most) AS d;
    reached := ARRAY[places[erased]::text, ids[erased]::text];
    PERFORM FROM conversations c WHERE c.organisation_id = $1 AND c.conversation_id = ANY (places)
      ORDER BY c.conversation_id FOR NO KEY UPDATE;
    -- By their places alone: with `ctid = ANY (due)` a generic plan compares each of the person's rows with each place.
    WITH numbered AS MATERIALIZED (
        SELECT d.place, c.last_change + row_number() OVER (PARTITION BY d.conversation_id ORDER BY d.seq) AS change
          FROM unnest(due, places, numbers) AS d (place, conversation_id, seq)
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = ($1, d.conversation_id)
    ), stubs AS (
        UPDATE messages m
           SET sender_id = NULL, text = NULL, removed = 'erased', client_message_id = m.message_id, edited_at = NULL, change = n.change
          FROM numbered n WHERE m.ctid = n.place AND m.sender_id = $2
        RETURNING m.conversation_id, m.change
    )
    UPDATE conversations c SET last_change = g.change
      FROM (SELECT s.conversation_id, max(s.change) AS change FROM stubs s GROUP BY 1) AS g
     WHERE (c.organisation_id, c.conversation_id) = ($1, g.conversation_id);
END $$;
REVOKE ALL ON FUNCTION erase_messages(uuid, uuid, text[], integer) FROM PUBLIC;
