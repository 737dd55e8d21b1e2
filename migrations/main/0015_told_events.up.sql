-- What was committed lately, for a server that may not have been told. Owner: src/chat. messages_by_age finds the messages.
-- A new message does not touch this column nor wake the trigger, so it still updates its conversation on the same page.
ALTER TABLE conversations ADD COLUMN changed_at timestamptz;
CREATE INDEX conversations_changed ON conversations (changed_at) WHERE changed_at IS NOT NULL;
COMMENT ON COLUMN conversations.changed_at IS 'not personal; when last_change grew';
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION note_change() FROM PUBLIC;
CREATE TRIGGER change_noted BEFORE UPDATE OF last_change ON conversations FOR EACH ROW EXECUTE FUNCTION note_change();

-- Conversations with messages or changes of this time, and how far they were by its end; 0: none of the kind. A definer's
-- function: it returns no personal data, and a row policy would look at the sender of each message.
CREATE FUNCTION conversations_between(since_ms bigint, until_ms bigint)
RETURNS TABLE (organisation_id uuid, conversation_id uuid, last_seq bigint, last_change bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id, conversation_id, max(seq), 0 FROM messages
     WHERE sent_at >= to_timestamp(since_ms / 1000.0) AND sent_at < to_timestamp(until_ms / 1000.0)
     GROUP BY organisation_id, conversation_id
    UNION ALL
    SELECT organisation_id, conversation_id, 0, last_change FROM conversations
     WHERE changed_at >= to_timestamp(since_ms / 1000.0) AND changed_at < to_timestamp(until_ms / 1000.0)
$$;
REVOKE ALL ON FUNCTION conversations_between(bigint, bigint) FROM PUBLIC;
