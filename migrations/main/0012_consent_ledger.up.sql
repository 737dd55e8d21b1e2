-- The consent ledger, chained and signed. Owner: src/consent.
--
-- What was chosen before cannot be proven, and a consent that cannot be proven is none (GDPR 7.1): it is asked anew.
DELETE FROM consent_state;
DELETE FROM consent_events;

-- `document` is what was signed: a line that says what it is, then one JSON object with every field of the act, the person
-- as a pseudonym. It is not sealed, and outlives the account without leading to it: it is the evidence.
ALTER TABLE consent_events
    ALTER COLUMN user_id DROP NOT NULL,
    ADD COLUMN subject       bytea  NOT NULL CHECK (octet_length(subject) = 32),
    ADD COLUMN sequence      bigint NOT NULL CHECK (sequence > 0),
    ADD COLUMN previous_hash bytea  NOT NULL CHECK (octet_length(previous_hash) = CASE WHEN sequence = 1 THEN 0 ELSE 32 END),
    ADD COLUMN document      bytea  NOT NULL,
    ADD COLUMN signature     bytea  NOT NULL CHECK (octet_length(signature) = 64),
    ADD UNIQUE (organisation_id, user_id, sequence),
    DROP CONSTRAINT consent_events_organisation_id_user_id_fkey,
    ADD FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE SET NULL (user_id);
DROP INDEX consent_events_of_user;
CREATE INDEX consent_events_of_purpose ON consent_events (organisation_id, user_id, purpose, sequence);
-- When a person's consent last ended: for src/retention.
CREATE INDEX consent_events_ended ON consent_events (organisation_id, user_id, purpose, sequence) WHERE state <> 'given';

ALTER TABLE consent_state ADD COLUMN terms_hash bytea NOT NULL CHECK (octet_length(terms_hash) = 32);

-- Which terms each purpose had, and since when: written when a server starts and when its register is renewed.
CREATE TABLE consent_terms (
    purpose    text        NOT NULL,
    since      timestamptz NOT NULL,
    terms_hash bytea       NOT NULL CHECK (octet_length(terms_hash) = 32),
    PRIMARY KEY (purpose, since)
);

-- The terms that a consent must have been given to, to hold now. For row policies, whose roles need no right to the table.
CREATE FUNCTION current_terms(wanted text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT terms_hash FROM consent_terms WHERE purpose = $1 ORDER BY since DESC LIMIT 1
$$;

-- Adds what differs from the terms in force. Two servers that start at once add it once.
CREATE FUNCTION renew_consent_terms(purposes text[], hashes bytea[], at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE consent_terms IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO consent_terms AS t (purpose, since, terms_hash)
    SELECT r.purpose, $3, r.terms_hash FROM unnest($1, $2) AS r (purpose, terms_hash)
     WHERE r.terms_hash IS DISTINCT FROM current_terms(r.purpose)
    ON CONFLICT ON CONSTRAINT consent_terms_pkey DO UPDATE SET terms_hash = excluded.terms_hash;
END $$;

-- The head of a person's chain. Locks the person until the transaction ends, so that two acts have an order. No row: no such
-- person; sequence 0: no act yet.
CREATE FUNCTION lock_consent_chain(organisation uuid, person uuid)
RETURNS TABLE (sequence bigint, hash bytea, acted_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM users u WHERE u.organisation_id = $1 AND u.user_id = $2 FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    RETURN QUERY SELECT e.sequence, sha256(e.document), e.acted_at FROM consent_events e
                  WHERE e.organisation_id = $1 AND e.user_id = $2 ORDER BY e.sequence DESC LIMIT 1;
    IF NOT FOUND THEN RETURN QUERY SELECT 0::bigint, ''::bytea, '-infinity'::timestamptz; END IF;
END $$;

-- What an erasure does to the ledger: the proof stays, and leads to nobody once the person's key is destroyed.
CREATE FUNCTION erase_consent_events(organisation uuid, person uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE erased bigint;
BEGIN
    UPDATE consent_events SET user_id = NULL
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM consent_events WHERE organisation_id = $1 AND user_id = $2 LIMIT $3));
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$;
REVOKE ALL ON FUNCTION erase_consent_events(uuid, uuid, integer) FROM PUBLIC;

-- The only way into the ledger: event and state together, and only at the end of the chain. No role at run time may insert
-- or change a row of either table.
CREATE FUNCTION append_consent(organisation uuid, person uuid, event uuid, subject bytea, sequence bigint, previous_hash bytea,
                               purpose text, state text, notice_version text, terms_hash bytea, acted_at timestamptz,
                               document bytea, signature bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE head record;
BEGIN
    SELECT * INTO STRICT head FROM lock_consent_chain($1, $2);
    IF (head.sequence + 1, head.hash) IS DISTINCT FROM ($5, $6) OR head.acted_at > $11 THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'not at the end of the chain';
    END IF;
    INSERT INTO consent_events (organisation_id, user_id, event_id, subject, sequence, previous_hash, purpose, state,
                                notice_version, terms_hash, acted_at, document, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
    -- The row lock of this update waits for writes that hold the consent, and they for it: what commits first wins.
    INSERT INTO consent_state AS s (organisation_id, user_id, purpose, state, since, notice_version, terms_hash, event_id)
    VALUES ($1, $2, $7, $8, $11, $9, $10, $3)
    ON CONFLICT ON CONSTRAINT consent_state_pkey
    DO UPDATE SET state = excluded.state, since = excluded.since, notice_version = excluded.notice_version,
                  terms_hash = excluded.terms_hash, event_id = excluded.event_id;
END $$;

-- As before, but a consent to other terms than today's is none.
CREATE OR REPLACE FUNCTION hold_consents(organisation uuid, users uuid[], wanted text) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.user_id FROM consent_state s
      JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
     WHERE s.organisation_id = $1 AND s.user_id = ANY ($2) AND s.purpose = $3 AND s.state = 'given'
       AND s.terms_hash = (SELECT current_terms($3)) AND u.state = 'active' AND u.restricted_at IS NULL
     ORDER BY s.user_id
       FOR SHARE OF s
$$;

REVOKE ALL ON FUNCTION current_terms(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_terms(text) TO samtal_runtime;
REVOKE ALL ON FUNCTION renew_consent_terms(text[], bytea[], timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION lock_consent_chain(uuid, uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION append_consent(uuid, uuid, uuid, bytea, bigint, bytea, text, text, text, bytea, timestamptz, bytea, bytea) FROM PUBLIC;

COMMENT ON COLUMN consent_events.subject       IS 'personal; field=consent_events.subject; blind: hash under the person''s own key';
COMMENT ON COLUMN consent_events.sequence      IS 'not personal; the place in the person''s chain, from 1: orders the ledger';
COMMENT ON COLUMN consent_events.event_id      IS 'not personal; UUIDv7 made by the application';
COMMENT ON COLUMN consent_events.previous_hash IS 'not personal; SHA-256 of the person''s previous document; empty in the first';
COMMENT ON COLUMN consent_events.document      IS 'personal; field=consent_events.document; the signed act, under a pseudonym';
COMMENT ON COLUMN consent_events.signature     IS 'not personal; Ed25519 over the document';
COMMENT ON COLUMN consent_state.terms_hash     IS 'not personal; the terms that were consented to';

COMMENT ON TABLE  consent_terms            IS 'not personal';
COMMENT ON COLUMN consent_terms.purpose    IS 'not personal; a purpose of the register';
COMMENT ON COLUMN consent_terms.since      IS 'not personal';
COMMENT ON COLUMN consent_terms.terms_hash IS 'not personal';
