DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, integer);
DROP FUNCTION erase_privacy_requests(uuid, uuid, integer), erase_from_conversations(uuid, uuid, integer),
    erase_memberships(uuid, uuid, integer), erase_messages(uuid, uuid, integer), uncounted(uuid[]);
DROP TABLE privacy_intakes, erasure_notices, erasure_counts, privacy_archives, privacy_requests, objections;
DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('append_messages'::regproc), ' AND u.restricted_at IS NULL', '');
END $$;
DROP INDEX conversations_of_high, conversations_of_creator;
ALTER TABLE users DROP CONSTRAINT users_state_check;
ALTER TABLE users ADD CONSTRAINT users_state_check CHECK (state IN ('invited', 'active', 'suspended'));
