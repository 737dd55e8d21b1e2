-- Conversations and their messages. Owner: src/chat.
CREATE TABLE conversations (
    organisation_id uuid        NOT NULL REFERENCES organisations,
    conversation_id uuid        NOT NULL,
    creator_id      uuid,
    title           bytea,
    direct_low      uuid,
    direct_high     uuid,
    first_seq       bigint      NOT NULL DEFAULT 1,
    last_seq        bigint      NOT NULL DEFAULT 0,
    last_change     bigint      NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, conversation_id),
    FOREIGN KEY (organisation_id, creator_id) REFERENCES users ON DELETE SET NULL (creator_id),
    UNIQUE (organisation_id, direct_low, direct_high),
    CHECK (direct_low < direct_high)
) WITH (fillfactor = 50);  -- every message updates its conversation: leave room for that on the same page

CREATE TABLE members (
    organisation_id uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    role            text        NOT NULL CHECK (role IN ('owner', 'member')),
    joined_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, conversation_id, user_id),
    FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX members_of_user ON members (organisation_id, user_id, conversation_id);

CREATE TABLE messages (
    organisation_id   uuid        NOT NULL,
    conversation_id   uuid        NOT NULL,
    seq               bigint      NOT NULL CHECK (seq > 0),
    message_id        uuid        NOT NULL,
    sender_id         uuid,
    client_message_id uuid        NOT NULL,
    text              bytea       CHECK (octet_length(text) BETWEEN 41 AND 8232),
    removed           text        CHECK (removed IN ('deleted', 'erased')),
    sent_at           timestamptz NOT NULL,
    decision_id       uuid        NOT NULL,
    PRIMARY KEY (organisation_id, conversation_id, seq),
    -- Scope of a client's id: sender and conversation. Also how an unknown commit outcome is looked up.
    UNIQUE (organisation_id, conversation_id, sender_id, client_message_id),
    -- No foreign keys: they cost a quarter of an insert, and one to users would lock and rewrite the sender's row each time.
    -- Messages are stored by append_messages alone, which holds the conversation's lock and joins the sender's membership.
    CHECK ((text IS NULL) = (removed IS NOT NULL))
);

-- Appends a group of messages and commits with the statement that calls it: one round trip for the whole transaction. It runs with the
-- caller's own rights and row policies. `n` is a message's place in the arrays; whose sender is no active member gets no row
-- back. `earlier_id` and what follows: the client sent this message before, and this is what was stored then.
CREATE FUNCTION append_messages(organisations uuid[], places uuid[], senders uuid[], client_ids uuid[], ids uuid[],
                                texts bytea[], times_ms bigint[], decisions uuid[])
RETURNS TABLE (n bigint, seq bigint, change bigint, earlier_id uuid, earlier_ms bigint, earlier_text bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One order for everybody, so that two groups never wait for each other in a circle. A statement of its own, because
    -- the next one must see what was committed while this one waited. FOR NO KEY UPDATE leaves foreign-key checks alone.
    PERFORM FROM conversations c
      WHERE (c.organisation_id, c.conversation_id) IN (SELECT * FROM unnest(organisations, places))
      ORDER BY c.organisation_id, c.conversation_id
        FOR NO KEY UPDATE;
    RETURN QUERY
    WITH admitted AS MATERIALIZED (
        SELECT i.*, c.last_seq, c.last_change, e.message_id AS old_id, e.seq AS old_seq, e.sent_at AS old_at, e.text AS old_text
          FROM unnest(organisations, places, senders, client_ids, ids, texts, times_ms, decisions) WITH ORDINALITY
            AS i (organisation_id, conversation_id, sender_id, client_message_id, message_id, text, sent_ms, decision_id, n)
          -- Fenced by LIMIT: else the planner may read all members of a conversation to find one.
          CROSS JOIN LATERAL (SELECT FROM members m WHERE (m.organisation_id, m.conversation_id, m.user_id)
                                                        = (i.organisation_id, i.conversation_id, i.sender_id) LIMIT 1) AS member
          CROSS JOIN LATERAL (SELECT FROM users u WHERE (u.organisation_id, u.user_id) = (i.organisation_id, i.sender_id)
                                                    AND u.state = 'active' LIMIT 1) AS active
          JOIN conversations c ON (c.organisation_id, c.conversation_id) = (i.organisation_id, i.conversation_id)
          LEFT JOIN messages e ON (e.organisation_id, e.conversation_id, e.sender_id, e.client_message_id)
                                = (i.organisation_id, i.conversation_id, i.sender_id, i.client_message_id)
    ), fresh AS MATERIALIZED (
        SELECT *, last_seq + row_number() OVER (PARTITION BY organisation_id, conversation_id ORDER BY n) AS seq
          FROM admitted WHERE old_id IS NULL
    ), stored AS (
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
                              decision_id)
        SELECT organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text,
               to_timestamp(sent_ms / 1000.0), decision_id FROM fresh
    ), grown AS (
        UPDATE conversations c SET last_seq = g.seq
          FROM (SELECT organisation_id, conversation_id, max(seq) AS seq FROM fresh GROUP BY 1, 2) AS g
         WHERE (c.organisation_id, c.conversation_id) = (g.organisation_id, g.conversation_id)
    )
    SELECT n, seq, last_change, NULL::uuid, NULL::bigint, NULL::bytea FROM fresh
     UNION ALL
    SELECT n, old_seq, last_change, old_id, (extract(epoch FROM old_at) * 1000)::bigint, old_text
      FROM admitted WHERE old_id IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION append_messages(uuid[], uuid[], uuid[], uuid[], uuid[], bytea[], bigint[], uuid[]) FROM PUBLIC;

COMMENT ON TABLE  conversations                 IS 'personal; holder=chat; purpose=chat_messaging; keep=register:chat_messaging';
COMMENT ON COLUMN conversations.organisation_id IS 'not personal';
COMMENT ON COLUMN conversations.conversation_id IS 'not personal; UUIDv7 made by the application, in the associated data of title';
COMMENT ON COLUMN conversations.creator_id      IS 'personal; field=conversations.creator_id';
COMMENT ON COLUMN conversations.title           IS 'personal; field=conversations.title; cipher under the creator''s key';
COMMENT ON COLUMN conversations.direct_low      IS 'personal; field=conversations.direct_low; one-to-one: the lesser id, so that a pair has one conversation';
COMMENT ON COLUMN conversations.direct_high     IS 'personal; field=conversations.direct_high';
COMMENT ON COLUMN conversations.first_seq       IS 'not personal; what came before has expired';
COMMENT ON COLUMN conversations.last_seq        IS 'not personal';
COMMENT ON COLUMN conversations.last_change     IS 'not personal; counts edits, deletes and membership';
COMMENT ON COLUMN conversations.created_at      IS 'not personal';

COMMENT ON TABLE  members                 IS 'personal; holder=chat; purpose=chat_messaging; keep=register:chat_messaging';
COMMENT ON COLUMN members.organisation_id IS 'not personal';
COMMENT ON COLUMN members.conversation_id IS 'not personal';
COMMENT ON COLUMN members.user_id         IS 'personal; field=members.user_id';
COMMENT ON COLUMN members.role            IS 'personal; field=members.role';
COMMENT ON COLUMN members.joined_at       IS 'personal; field=members.joined_at';

COMMENT ON TABLE  messages                   IS 'personal; holder=chat; purpose=chat_messaging; keep=register:chat_messaging';
COMMENT ON COLUMN messages.organisation_id   IS 'not personal';
COMMENT ON COLUMN messages.conversation_id   IS 'not personal';
COMMENT ON COLUMN messages.seq               IS 'not personal; allotted without gaps under the conversation''s row lock';
COMMENT ON COLUMN messages.message_id        IS 'not personal; UUIDv7 made by the application, in the associated data of text';
COMMENT ON COLUMN messages.sender_id         IS 'personal; field=messages.sender_id';
COMMENT ON COLUMN messages.client_message_id IS 'not personal; random, chosen by the client so that a retry is no second message';
COMMENT ON COLUMN messages.text              IS 'personal; field=messages.text; cipher: 24 bytes nonce, 1 to 8192 of text, 16 tag';
COMMENT ON COLUMN messages.removed           IS 'not personal; why the text is gone while its place stays';
COMMENT ON COLUMN messages.sent_at           IS 'personal; field=messages.sent_at';
COMMENT ON COLUMN messages.decision_id       IS 'not personal; the decision under which the row was written';
