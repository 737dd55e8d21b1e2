-- Edits, deletes, who may see what, and how far each has read. Owner: src/chat.
-- There is no log of changes. A message carries the number of its latest change, and a conversation that of the latest change of its
-- title and members: whoever catches up reads what has a higher number than they had. So nothing is kept of who once was a
-- member or what once was written, and no history of changes has to expire.
ALTER TABLE messages ADD COLUMN edited_at timestamptz, ADD COLUMN change bigint;
-- Holds only messages that changed, so one that never does pays nothing for it.
CREATE INDEX messages_changed ON messages (organisation_id, conversation_id, change) WHERE change IS NOT NULL;
ALTER TABLE conversations ADD COLUMN info_change bigint NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN visible_from bigint NOT NULL DEFAULT 1, ADD COLUMN read_seq bigint NOT NULL DEFAULT 0;
ALTER TABLE members SET (fillfactor = 80);  -- who reads updates their row: on the same page, and without touching the indexes

COMMENT ON COLUMN messages.edited_at        IS 'personal; field=messages.edited_at; when the text became what it is, if not when it was sent';
COMMENT ON COLUMN messages.change           IS 'not personal; number of the latest edit, delete or erasure; null: as it was sent';
COMMENT ON COLUMN conversations.info_change IS 'not personal; number of the latest change of title or members';
COMMENT ON COLUMN conversations.creator_id  IS 'personal; field=conversations.creator_id; who made it or gave it its title, which is sealed under their key';
COMMENT ON COLUMN members.visible_from      IS 'not personal; the first message they may see: the first after they came';
COMMENT ON COLUMN members.read_seq          IS 'personal; field=members.read_seq; up to which message they said to have read';

-- As before, and each stub is a change, so that clients hear of it. The lock comes first now: it is what gives the numbers.
CREATE OR REPLACE FUNCTION erase_messages(organisation uuid, person uuid, most integer) RETURNS bigint
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

CREATE OR REPLACE FUNCTION erase_memberships(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE places uuid[] := ARRAY(SELECT conversation_id FROM members WHERE organisation_id = $1 AND user_id = $2
                                ORDER BY conversation_id LIMIT $3);
BEGIN
    PERFORM FROM conversations WHERE organisation_id = $1 AND conversation_id = ANY (places)
      ORDER BY conversation_id FOR NO KEY UPDATE;
    DELETE FROM members WHERE organisation_id = $1 AND conversation_id = ANY (places) AND user_id = $2;
    UPDATE conversations SET last_change = last_change + 1, info_change = last_change + 1
     WHERE organisation_id = $1 AND conversation_id = ANY (places);
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
           last_change = last_change + 1, info_change = last_change + 1
     WHERE organisation_id = $1 AND conversation_id = ANY (places);
    RETURN cardinality(places);
END $$;
