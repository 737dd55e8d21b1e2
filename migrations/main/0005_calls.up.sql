-- Switches and the call history of the people who want one. Owner: src/calls.
CREATE TABLE switches (
    organisation_id uuid        NOT NULL REFERENCES organisations,
    switch_id       uuid        NOT NULL UNIQUE,
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    token_hash      bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, switch_id)
);

-- What a switch has reported, so that a repeat is no second call and a correction is known as one. Holds no number,
-- no time and no name: both hashes are keyed.
CREATE TABLE call_receipts (
    organisation_id uuid        NOT NULL,
    switch_id       uuid        NOT NULL,
    source_hash     bytea       NOT NULL CHECK (octet_length(source_hash) = 32),
    content_hash    bytea       NOT NULL CHECK (octet_length(content_hash) = 32),
    received_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, switch_id, source_hash),
    FOREIGN KEY (organisation_id, switch_id) REFERENCES switches ON DELETE CASCADE
);

-- A row for each person in a call who consents to a history, under that person's key. `source_hash` is keyed per
-- owner, so nothing joins the rows of two people.
CREATE TABLE calls (
    organisation_id uuid        NOT NULL,
    owner_id        uuid        NOT NULL,
    call_id         uuid        NOT NULL,
    source_hash     bytea       NOT NULL CHECK (octet_length(source_hash) = 32),
    direction       text        NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    own_number      bytea       NOT NULL,
    counterpart     bytea,
    started_at      timestamptz NOT NULL,
    answered_at     timestamptz,
    ended_at        timestamptz NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN ('answered', 'busy', 'no_answer', 'cancelled', 'failed')),
    decision_id     uuid        NOT NULL,
    PRIMARY KEY (organisation_id, owner_id, call_id),
    UNIQUE (organisation_id, owner_id, source_hash),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES users ON DELETE CASCADE,
    CHECK (ended_at >= started_at AND answered_at BETWEEN started_at AND ended_at)
);
CREATE INDEX calls_by_time ON calls (organisation_id, owner_id, started_at DESC, call_id DESC);

COMMENT ON TABLE  switches                 IS 'not personal';
COMMENT ON COLUMN switches.organisation_id IS 'not personal';
COMMENT ON COLUMN switches.switch_id       IS 'not personal';
COMMENT ON COLUMN switches.name            IS 'not personal; a machine';
COMMENT ON COLUMN switches.token_hash      IS 'not personal; SHA-256 of a random token';
COMMENT ON COLUMN switches.created_at      IS 'not personal';

COMMENT ON TABLE  call_receipts                 IS 'not personal';
COMMENT ON COLUMN call_receipts.organisation_id IS 'not personal';
COMMENT ON COLUMN call_receipts.switch_id       IS 'not personal';
COMMENT ON COLUMN call_receipts.source_hash     IS 'not personal; keyed hash of the switch''s own id of the call';
COMMENT ON COLUMN call_receipts.content_hash    IS 'not personal; keyed hash of the record';
COMMENT ON COLUMN call_receipts.received_at     IS 'not personal';

COMMENT ON TABLE  calls                 IS 'personal; holder=calls; purpose=call_history; keep=register:call_history';
COMMENT ON COLUMN calls.organisation_id IS 'not personal';
COMMENT ON COLUMN calls.owner_id        IS 'personal; field=calls.owner_id';
COMMENT ON COLUMN calls.call_id         IS 'not personal; UUIDv7 made by the application, in the associated data of the numbers';
COMMENT ON COLUMN calls.source_hash     IS 'personal; field=calls.source_hash; keyed per owner';
COMMENT ON COLUMN calls.direction       IS 'personal; field=calls.direction';
COMMENT ON COLUMN calls.own_number      IS 'personal; field=calls.own_number; cipher';
COMMENT ON COLUMN calls.counterpart     IS 'personal; field=calls.counterpart; cipher; absent when the number was withheld';
COMMENT ON COLUMN calls.started_at      IS 'personal; field=calls.started_at';
COMMENT ON COLUMN calls.answered_at     IS 'personal; field=calls.answered_at';
COMMENT ON COLUMN calls.ended_at        IS 'personal; field=calls.ended_at';
COMMENT ON COLUMN calls.outcome         IS 'personal; field=calls.outcome';
COMMENT ON COLUMN calls.decision_id     IS 'not personal; the decision under which the row was written';
