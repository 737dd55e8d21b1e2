DROP FUNCTION IF EXISTS erase_subject(uuid, uuid, integer);
DROP FUNCTION erase_privacy_requests(uuid, uuid, integer), erase_from_conversations(uuid, uuid, integer),
    erase_memberships(uuid, uuid, integer), erase_messages(uuid, uuid, integer), uncounted(uuid[]);
DROP TABLE privacy_intakes, erasure_notices, erasure_counts, privacy_archives, privacy_requests, objections;
