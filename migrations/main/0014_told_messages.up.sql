-- What was committed lately, for a server that may not have been told. Owner: src/chat.
-- A block range index: messages are appended, so it costs next to nothing to keep, and a look at the last seconds reads the last
-- pages only.
CREATE INDEX messages_lately ON messages USING brin (sent_at) WITH (pages_per_range = 16, autosummarize = on);

-- Conversations with messages of this time, and how far they are by its end. A definer's function: it returns no personal data,
-- and a row policy would look at the sender of each message.
CREATE FUNCTION conversations_between(since_ms bigint, until_ms bigint)
RETURNS TABLE (organisation_id uuid, conversation_id uuid, last_seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_hashagg = on AS $$
    SELECT organisation_id, conversation_id, max(seq) FROM messages
     WHERE sent_at >= to_timestamp(since_ms / 1000.0) AND sent_at < to_timestamp(until_ms / 1000.0)
     GROUP BY organisation_id, conversation_id
$$;
REVOKE ALL ON FUNCTION conversations_between(bigint, bigint) FROM PUBLIC;
