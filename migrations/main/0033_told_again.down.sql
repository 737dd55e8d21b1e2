DROP FUNCTION conversations_changed_here();
CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;
ALTER TABLE conversations DROP COLUMN passed_change, DROP COLUMN passed_at, DROP COLUMN earlier_change, DROP COLUMN earlier_at;
ALTER TABLE conversations ALTER COLUMN changed_at DROP DEFAULT;
COMMENT ON COLUMN conversations.changed_at IS 'not personal; when last_change grew';
