-- What a person was told and what they chose. Owner: src/consent.
CREATE TABLE acknowledgements (
    organisation_id   uuid        NOT NULL,
    user_id           uuid        NOT NULL,
    notice_version    text        NOT NULL,
    acknowledged_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, user_id, notice_version),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

-- The ledger: one row an act, never changed. `consent_state` is its sum, written in the same transaction.
CREATE TABLE consent_events (
    organisation_id uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    purpose         text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn', 'expired')),
    notice_version  text        NOT NULL,
    terms_hash      bytea       NOT NULL CHECK (octet_length(terms_hash) = 32),
    acted_at        timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, event_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX consent_events_of_user ON consent_events (organisation_id, user_id, purpose, event_id);

CREATE TABLE consent_state (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    purpose         text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn', 'expired')),
    since           timestamptz NOT NULL,
    notice_version  text        NOT NULL,
    event_id        uuid        NOT NULL,
    PRIMARY KEY (organisation_id, user_id, purpose),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

-- For writes under another person's consent: those of `users` who consent to the purpose now, held so until the
-- transaction ends. A withdrawal locks the row FOR UPDATE, so whichever commits first wins.
CREATE FUNCTION hold_consents(organisation uuid, users uuid[], wanted text) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.user_id FROM consent_state s
      JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
     WHERE s.organisation_id = $1 AND s.user_id = ANY ($2) AND s.purpose = $3 AND s.state = 'given'
       AND u.state = 'active' AND u.restricted_at IS NULL
     ORDER BY s.user_id
       FOR SHARE OF s
$$;
REVOKE ALL ON FUNCTION hold_consents(uuid, uuid[], text) FROM PUBLIC;

COMMENT ON TABLE  acknowledgements                 IS 'personal; holder=consent; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN acknowledgements.organisation_id IS 'not personal';
COMMENT ON COLUMN acknowledgements.user_id         IS 'personal; field=acknowledgements.user_id';
COMMENT ON COLUMN acknowledgements.notice_version  IS 'personal; field=acknowledgements.notice_version';
COMMENT ON COLUMN acknowledgements.acknowledged_at IS 'personal; field=acknowledgements.acknowledged_at';

COMMENT ON TABLE  consent_events                 IS 'personal; holder=consent; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN consent_events.organisation_id IS 'not personal';
COMMENT ON COLUMN consent_events.event_id        IS 'not personal; UUIDv7 made by the application: orders the ledger';
COMMENT ON COLUMN consent_events.user_id         IS 'personal; field=consent_events.user_id';
COMMENT ON COLUMN consent_events.purpose         IS 'personal; field=consent_events.purpose';
COMMENT ON COLUMN consent_events.state           IS 'personal; field=consent_events.state';
COMMENT ON COLUMN consent_events.notice_version  IS 'not personal';
COMMENT ON COLUMN consent_events.terms_hash      IS 'not personal; the terms that the purpose had then';
COMMENT ON COLUMN consent_events.acted_at        IS 'personal; field=consent_events.acted_at';

COMMENT ON TABLE  consent_state                 IS 'personal; holder=consent; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN consent_state.organisation_id IS 'not personal';
COMMENT ON COLUMN consent_state.user_id         IS 'personal; field=consent_state.user_id';
COMMENT ON COLUMN consent_state.purpose         IS 'personal; field=consent_state.purpose';
COMMENT ON COLUMN consent_state.state           IS 'personal; field=consent_state.state';
COMMENT ON COLUMN consent_state.since           IS 'personal; field=consent_state.since';
COMMENT ON COLUMN consent_state.notice_version  IS 'not personal';
COMMENT ON COLUMN consent_state.event_id        IS 'not personal; the ledger row it came from';
