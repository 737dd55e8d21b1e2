DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, text, text[], integer);
DROP FUNCTION erase_messages(uuid, uuid, text[], integer);

-- In other people's conversations a stub stays: its place and time, nothing of its sender.
CREATE FUNCTION erase_messages(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE touched uuid[]; places uuid[];
BEGIN
    WITH stubs AS (
        UPDATE messages SET sender_id = NULL, text = NULL, removed = 'erased', client_message_id = message_id
         WHERE ctid = ANY (ARRAY(SELECT ctid FROM messages WHERE organisation_id = $1 AND sender_id = $2 LIMIT $3))
        RETURNING conversation_id)
    SELECT array_agg(conversation_id), array_agg(DISTINCT conversation_id) INTO touched, places FROM stubs;
    -- Last, and in everybody's order: who writes there waits for a moment only, and never in a circle.
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    UPDATE conversations SET last_change = last_change + 1 WHERE organisation_id = $1 AND conversation_id = ANY (places);
    RETURN coalesce(cardinality(touched), 0);
END $$;
REVOKE ALL ON FUNCTION erase_messages(uuid, uuid, integer) FROM PUBLIC;
