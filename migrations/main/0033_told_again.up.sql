-- From where on a server reads changes back of which it knows nothing, and what an erasure has to tell. Owner: src/chat.
-- A conversation that begins is noted as well: its members are told of it, as of its change 0.
ALTER TABLE conversations ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
-- Two places in the count of changes and when they were reached, one of them at least a minute ago: what was made since some moment
-- of the last minute is known from them without a time on each change, exactly if a quiet minute came before. Only changes touch them.
ALTER TABLE conversations ADD COLUMN passed_change bigint, ADD COLUMN passed_at timestamptz,
                          ADD COLUMN earlier_change bigint, ADD COLUMN earlier_at timestamptz;
COMMENT ON COLUMN conversations.changed_at     IS 'not personal; when last_change grew, or the conversation began';
COMMENT ON COLUMN conversations.passed_change  IS 'not personal; last_change as it was for a while from passed_at on';
COMMENT ON COLUMN conversations.passed_at      IS 'not personal';
COMMENT ON COLUMN conversations.earlier_change IS 'not personal; the same, before';
COMMENT ON COLUMN conversations.earlier_at     IS 'not personal';

CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before timestamptz := coalesce(OLD.changed_at, '-infinity');
BEGIN
    IF OLD.passed_at IS NULL OR before >= OLD.passed_at + interval '1 minute' OR before < clock_timestamp() - interval '1 minute' THEN
        NEW.earlier_change := OLD.passed_change;
        NEW.earlier_at := OLD.passed_at;
        NEW.passed_change := OLD.last_change;
        NEW.passed_at := before;
    END IF;
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;

-- The conversations whose changes this transaction counted, and how far they are now. A definer's function: who erases a person
-- may not read the conversations of others.
CREATE FUNCTION conversations_changed_here() RETURNS TABLE (organisation_id uuid, conversation_id uuid, last_change bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id, conversation_id, last_change FROM conversations
     WHERE changed_at >= now() AND xmin = pg_current_xact_id()::xid
$$;
REVOKE ALL ON FUNCTION conversations_changed_here() FROM PUBLIC;
