-- What people ask for about their own data (GDPR Art. 15 to 21), and how it is done. Owner: src/rights.
-- Art. 21. A row while the objection stands.
CREATE TABLE objections (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    purpose         text        NOT NULL,
    since           timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, user_id, purpose),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

-- `user_id` goes when the person is erased; no foreign key, because an erasure's own row outlives them. `subject` is their keyed
-- pseudonym, of which nobody is left once the key is destroyed.
CREATE TABLE privacy_requests (
    organisation_id    uuid        NOT NULL REFERENCES organisations,
    request_id         uuid        NOT NULL UNIQUE,
    user_id            uuid,
    subject            bytea       NOT NULL CHECK (octet_length(subject) = 32),
    kind               text        NOT NULL
        CHECK (kind IN ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection')),
    state              text        NOT NULL CHECK (state IN ('received', 'running', 'ready', 'refused', 'done')),
    detail             bytea,
    reason             bytea,
    language           text        NOT NULL CHECK (language IN ('sv', 'en')),
    received_at        timestamptz NOT NULL,
    due_at             timestamptz NOT NULL,
    extended_at        timestamptz,
    done_at            timestamptz,
    waits_for          text        CHECK (waits_for IN ('legal_hold')),
    receipt_hash       bytea       UNIQUE CHECK (octet_length(receipt_hash) = 32),
    receipt_expires_at timestamptz,
    certificate        text,
    PRIMARY KEY (organisation_id, request_id)
);
CREATE UNIQUE INDEX privacy_requests_under_way ON privacy_requests (organisation_id, user_id, kind)
    WHERE state IN ('received', 'running');
CREATE INDEX privacy_requests_of_user ON privacy_requests (organisation_id, user_id, request_id) WHERE user_id IS NOT NULL;
CREATE INDEX privacy_requests_open ON privacy_requests (request_id) WHERE state IN ('received', 'running');
CREATE INDEX privacy_requests_by_age ON privacy_requests (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE privacy_archives (
    organisation_id uuid        NOT NULL,
    request_id      uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    archive         bytea       NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, request_id),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX privacy_archives_of_user ON privacy_archives (organisation_id, user_id);
CREATE INDEX privacy_archives_by_age ON privacy_archives (expires_at);

-- What an erasure has deleted so far, each batch in the transaction that deleted it.
CREATE TABLE erasure_counts (
    organisation_id uuid   NOT NULL,
    request_id      uuid   NOT NULL,
    category        text   NOT NULL,
    holding         text   NOT NULL,
    erased          bigint NOT NULL CHECK (erased > 0),
    PRIMARY KEY (organisation_id, request_id, holding),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE
);

-- Art. 19: which recipients have to be told that the person is erased, by the request's id.
CREATE TABLE erasure_notices (
    organisation_id uuid NOT NULL,
    request_id      uuid NOT NULL,
    recipient       text NOT NULL,
    told_at         timestamptz,
    PRIMARY KEY (organisation_id, request_id, recipient),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE
);

-- Requests of people without an account, taken in by the operator, who has checked who they are.
CREATE TABLE privacy_intakes (
    intake_id   uuid        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('access', 'erasure')),
    number_hash bytea       NOT NULL CHECK (octet_length(number_hash) = 32),
    reference   text        NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    received_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    answer      text        NOT NULL CHECK (answer IN ('not_identified', 'has_account', 'had_account'))
);
CREATE INDEX privacy_intakes_by_age ON privacy_intakes (received_at);

-- Of `persons`, those who are not to be counted: they object, their account is restricted, or it is about to be erased.
CREATE FUNCTION uncounted(persons uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.user_id FROM users u
     WHERE u.user_id = ANY ($1)
       AND (u.restricted_at IS NOT NULL OR u.state = 'erasing'
            OR EXISTS (SELECT FROM objections o WHERE (o.organisation_id, o.user_id) = (u.organisation_id, u.user_id)
                                                  AND o.purpose = 'anonymous_statistics'))
$$;
REVOKE ALL ON FUNCTION uncounted(uuid[]) FROM PUBLIC;

-- The special cases of the register's erasure plan. Each does at most `most` rows and says how many it did.

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

-- As if the person had left: a group keeps an owner.
CREATE FUNCTION erase_memberships(organisation uuid, person uuid, most integer) RETURNS bigint
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
REVOKE ALL ON FUNCTION erase_memberships(uuid, uuid, integer) FROM PUBLIC;

-- The title was sealed under its creator's key. A conversation of two is nobody's other half any more.
CREATE FUNCTION erase_from_conversations(organisation uuid, person uuid, most integer) RETURNS bigint
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
REVOKE ALL ON FUNCTION erase_from_conversations(uuid, uuid, integer) FROM PUBLIC;

-- That something was asked and answered stays, who asked does not. The erasure's own row is the last to let go.
CREATE FUNCTION erase_privacy_requests(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH gone AS (
        UPDATE privacy_requests
           SET user_id = NULL, detail = NULL, reason = NULL, done_at = coalesce(done_at, now()),
               state = CASE WHEN state = 'refused' THEN state ELSE 'done' END
         WHERE (organisation_id, request_id) IN (
               SELECT organisation_id, request_id FROM privacy_requests
                WHERE organisation_id = $1 AND user_id = $2 AND NOT (kind = 'erasure' AND state = 'running') LIMIT $3)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION erase_privacy_requests(uuid, uuid, integer) FROM PUBLIC;

COMMENT ON TABLE  objections                 IS 'personal; holder=rights; purpose=rights_and_evidence; keep=while it stands';
COMMENT ON COLUMN objections.organisation_id IS 'not personal';
COMMENT ON COLUMN objections.user_id         IS 'personal; field=objections.user_id';
COMMENT ON COLUMN objections.purpose         IS 'personal; field=objections.purpose';
COMMENT ON COLUMN objections.since           IS 'personal; field=objections.since';

COMMENT ON TABLE  privacy_requests                    IS 'personal; holder=rights; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN privacy_requests.organisation_id    IS 'not personal';
COMMENT ON COLUMN privacy_requests.request_id         IS 'not personal; UUIDv7 made by the application, in the associated data of detail and reason';
COMMENT ON COLUMN privacy_requests.user_id            IS 'personal; field=privacy_requests.user_id';
COMMENT ON COLUMN privacy_requests.subject            IS 'personal; field=privacy_requests.subject; blind: hash under the person''s own key';
COMMENT ON COLUMN privacy_requests.kind               IS 'personal; field=privacy_requests.kind';
COMMENT ON COLUMN privacy_requests.state              IS 'personal; field=privacy_requests.state';
COMMENT ON COLUMN privacy_requests.detail             IS 'personal; field=privacy_requests.detail; cipher: which field or purpose';
COMMENT ON COLUMN privacy_requests.reason             IS 'personal; field=privacy_requests.reason; cipher: why it was extended or refused';
COMMENT ON COLUMN privacy_requests.language           IS 'not personal; of the answer';
COMMENT ON COLUMN privacy_requests.received_at        IS 'personal; field=privacy_requests.received_at';
COMMENT ON COLUMN privacy_requests.due_at             IS 'not personal; a month later, three when extended';
COMMENT ON COLUMN privacy_requests.extended_at        IS 'not personal';
COMMENT ON COLUMN privacy_requests.done_at            IS 'personal; field=privacy_requests.done_at';
COMMENT ON COLUMN privacy_requests.waits_for          IS 'not personal';
COMMENT ON COLUMN privacy_requests.receipt_hash       IS 'not personal; SHA-256 of a random token';
COMMENT ON COLUMN privacy_requests.receipt_expires_at IS 'not personal';
COMMENT ON COLUMN privacy_requests.certificate        IS 'not personal; counts and times of an erasure, signed';

COMMENT ON TABLE  privacy_archives                 IS 'personal; holder=rights; purpose=rights_and_evidence; keep=30 days';
COMMENT ON COLUMN privacy_archives.organisation_id IS 'not personal';
COMMENT ON COLUMN privacy_archives.request_id      IS 'not personal; in the associated data of archive';
COMMENT ON COLUMN privacy_archives.user_id         IS 'personal; field=privacy_archives.user_id';
COMMENT ON COLUMN privacy_archives.archive         IS 'personal; field=privacy_archives.archive; cipher';
COMMENT ON COLUMN privacy_archives.expires_at      IS 'not personal';

COMMENT ON TABLE  erasure_counts                 IS 'not personal';
COMMENT ON COLUMN erasure_counts.organisation_id IS 'not personal';
COMMENT ON COLUMN erasure_counts.request_id      IS 'not personal';
COMMENT ON COLUMN erasure_counts.category        IS 'not personal; a category of the register';
COMMENT ON COLUMN erasure_counts.holding         IS 'not personal; a table of the register';
COMMENT ON COLUMN erasure_counts.erased          IS 'not personal';

COMMENT ON TABLE  erasure_notices                 IS 'not personal';
COMMENT ON COLUMN erasure_notices.organisation_id IS 'not personal';
COMMENT ON COLUMN erasure_notices.request_id      IS 'not personal';
COMMENT ON COLUMN erasure_notices.recipient       IS 'not personal; a recipient of the register';
COMMENT ON COLUMN erasure_notices.told_at         IS 'not personal';

COMMENT ON TABLE  privacy_intakes             IS 'personal; holder=rights; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN privacy_intakes.intake_id   IS 'not personal';
COMMENT ON COLUMN privacy_intakes.kind        IS 'personal; field=privacy_intakes.kind';
COMMENT ON COLUMN privacy_intakes.number_hash IS 'personal; field=privacy_intakes.number_hash; blind: keyed by the deployment';
COMMENT ON COLUMN privacy_intakes.reference   IS 'not personal; the operator''s own case number';
COMMENT ON COLUMN privacy_intakes.received_at IS 'personal; field=privacy_intakes.received_at';
COMMENT ON COLUMN privacy_intakes.due_at      IS 'not personal';
COMMENT ON COLUMN privacy_intakes.answer      IS 'not personal';
