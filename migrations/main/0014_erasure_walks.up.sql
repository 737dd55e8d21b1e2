-- An erasure walks a person's rows in the order of a key and never passes again by what it has done. Owner: src/rights.
-- The old plan reached a batch's rows by passing all that the batches before had left dead. The new one is made with the grants.
DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, integer);
DROP FUNCTION erase_messages(uuid, uuid, integer);

-- In other people's conversations a stub stays: its place and time, nothing of its sender. `after`: the key reached before.
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
    UPDATE messages SET sender_id = NULL, text = NULL, removed = 'erased', client_message_id = message_id WHERE ctid = ANY (due);
    -- Last, and in everybody's order: who writes there waits for a moment only, and never in a circle.
    places := ARRAY(SELECT DISTINCT unnest(places));
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    UPDATE conversations SET last_change = last_change + 1 WHERE organisation_id = $1 AND conversation_id = ANY (places);
END $$;
REVOKE ALL ON FUNCTION erase_messages(uuid, uuid, text[], integer) FROM PUBLIC;
