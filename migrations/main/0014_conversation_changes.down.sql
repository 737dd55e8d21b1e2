CREATE OR REPLACE FUNCTION erase_messages(organisation uuid, person uuid, most integer) RETURNS bigint
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
CREATE OR REPLACE FUNCTION erase_memberships(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE places uuid[] := ARRAY(SELECT conversation_id FROM members WHERE organisation_id = $1 AND user_id = $2
                                ORDER BY conversation_id LIMIT $3);
BEGIN
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    DELETE FROM members WHERE organisation_id = $1 AND conversation_id = ANY (places) AND user_id = $2;
    UPDATE conversations SET last_change = last_change + 1 WHERE organisation_id = $1 AND conversation_id = ANY (places);
    UPDATE members m SET role = 'owner'
      FROM (SELECT DISTINCT ON (n.conversation_id) n.conversation_id, n.user_id
              FROM members n
              JOIN conversations c ON (c.organisation_id, c.conversation_id) = (n.organisation_id, n.conversation_id)
             WHERE n.organisation_id = $1 AND n.conversation_id = ANY (places) AND c.direct_low IS NULL
               AND NOT EXISTS (SELECT FROM members o WHERE o.organisation_id = $1 AND o.role = 'owner'
                                                      AND o.conversation_id = n.conversation_id)
             ORDER BY n.conversation_id, n.joined_at, n.user_id) AS heir
     WHERE m.organisation_id = $1 AND (m.conversation_id, m.user_id) = (heir.conversation_id, heir.user_id);
    RETURN cardinality(places);
END $$;
CREATE OR REPLACE FUNCTION erase_from_conversations(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE places uuid[] := ARRAY(
    SELECT conversation_id FROM conversations WHERE organisation_id = $1 AND creator_id = $2
     UNION SELECT conversation_id FROM conversations WHERE organisation_id = $1 AND direct_low = $2
     UNION SELECT conversation_id FROM conversations WHERE organisation_id = $1 AND direct_high = $2
     ORDER BY conversation_id LIMIT $3);
BEGIN
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    UPDATE conversations
       SET title = CASE WHEN creator_id = $2 THEN NULL ELSE title END, creator_id = NULLIF(creator_id, $2),
           direct_low = CASE WHEN $2 IN (direct_low, direct_high) THEN NULL ELSE direct_low END,
           direct_high = CASE WHEN $2 IN (direct_low, direct_high) THEN NULL ELSE direct_high END,
           last_change = last_change + 1
     WHERE organisation_id = $1 AND conversation_id = ANY (places);
    RETURN cardinality(places);
END $$;
ALTER TABLE members RESET (fillfactor);
ALTER TABLE members DROP COLUMN visible_from, DROP COLUMN read_seq;
ALTER TABLE conversations DROP COLUMN info_change;
ALTER TABLE messages DROP COLUMN edited_at, DROP COLUMN change;
