-- Calls that people ask for in the app, and whom the server asks to connect them. Owner: src/dialing.

-- Where a switch takes such requests. Its credential is sealed under a key of the deployment: it is nobody's.
CREATE TABLE switch_callbacks (
    organisation_id uuid  NOT NULL,
    switch_id       uuid  NOT NULL,
    url             text  NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    credential      bytea NOT NULL CHECK (octet_length(credential) BETWEEN 41 AND 4096),
    PRIMARY KEY (organisation_id, switch_id),
    FOREIGN KEY (organisation_id, switch_id) REFERENCES switches ON DELETE CASCADE
);

-- A request, until a day after the call at most. `source_hash` is keyed: the switch's own id of the call, once it told it.
CREATE TABLE call_requests (
    organisation_id uuid        NOT NULL,
    owner_id        uuid        NOT NULL,
    request_id      uuid        NOT NULL UNIQUE,
    switch_id       uuid        NOT NULL,
    from_number     bytea       NOT NULL,
    to_number       bytea       NOT NULL,
    state           text        NOT NULL CHECK (state IN ('requested', 'accepted', 'ringing', 'connected', 'ended', 'failed')),
    reason          text        CHECK (reason IN ('unreachable', 'refused', 'timeout', 'busy', 'no_answer', 'cancelled', 'failed')),
    source_hash     bytea       CHECK (octet_length(source_hash) = 32),
    requested_at    timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, owner_id, request_id),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, switch_id) REFERENCES switches ON DELETE CASCADE
);
CREATE INDEX call_requests_by_end ON call_requests (ends_at);

COMMENT ON TABLE  switch_callbacks                 IS 'not personal';
COMMENT ON COLUMN switch_callbacks.organisation_id IS 'not personal';
COMMENT ON COLUMN switch_callbacks.switch_id       IS 'not personal';
COMMENT ON COLUMN switch_callbacks.url             IS 'not personal; a machine';
COMMENT ON COLUMN switch_callbacks.credential      IS 'not personal; cipher under a key of the deployment';

COMMENT ON TABLE  call_requests                 IS 'personal; holder=dialing; purpose=call_setup; keep=register:call_setup';
COMMENT ON COLUMN call_requests.organisation_id IS 'not personal';
COMMENT ON COLUMN call_requests.owner_id        IS 'personal; field=call_requests.owner_id';
COMMENT ON COLUMN call_requests.request_id      IS 'not personal; UUIDv7 made by the application, in the associated data of the numbers';
COMMENT ON COLUMN call_requests.switch_id       IS 'not personal';
COMMENT ON COLUMN call_requests.from_number     IS 'personal; field=call_requests.from_number; cipher';
COMMENT ON COLUMN call_requests.to_number       IS 'personal; field=call_requests.to_number; cipher';
COMMENT ON COLUMN call_requests.state           IS 'personal; field=call_requests.state';
COMMENT ON COLUMN call_requests.reason          IS 'personal; field=call_requests.reason';
COMMENT ON COLUMN call_requests.source_hash     IS 'personal; field=call_requests.source_hash; keyed per owner, as in calls';
COMMENT ON COLUMN call_requests.requested_at    IS 'personal; field=call_requests.requested_at';
COMMENT ON COLUMN call_requests.ends_at         IS 'not personal; when it ended, or will have been given up';
