-- Answers to POSTs that carried an Idempotency-Key, for 24 hours. Owner: src/identity (it keeps what belongs to a signed-in person's requests).
CREATE TABLE idempotent_requests (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    route           text        NOT NULL,
    key_hash        bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
    body_hash       bytea       NOT NULL CHECK (octet_length(body_hash) = 32),
    status          integer,
    answer          text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, user_id, route, key_hash),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (created_at);

COMMENT ON TABLE  idempotent_requests                 IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN idempotent_requests.organisation_id IS 'not personal';
COMMENT ON COLUMN idempotent_requests.user_id         IS 'personal; field=idempotent_requests.user_id';
COMMENT ON COLUMN idempotent_requests.route           IS 'not personal';
COMMENT ON COLUMN idempotent_requests.key_hash        IS 'not personal; keyed hash';
COMMENT ON COLUMN idempotent_requests.body_hash       IS 'not personal; keyed hash';
COMMENT ON COLUMN idempotent_requests.status          IS 'not personal; absent while the first request runs';
COMMENT ON COLUMN idempotent_requests.answer          IS 'not personal; ids, sequence numbers and times only';
COMMENT ON COLUMN idempotent_requests.created_at      IS 'not personal';
