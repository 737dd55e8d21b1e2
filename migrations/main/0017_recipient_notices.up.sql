-- Who has to be told of a correction, an erasure or a restriction (GDPR Art. 19), and how far that is. Owner: src/rights.
-- `about` says whom and what. It is sealed under a key of the duty's own, since an erased person's is gone before they can be told, and
-- goes when they have been.
CREATE TABLE recipient_notices (
    organisation_id uuid        NOT NULL,
    request_id      uuid        NOT NULL,
    recipient       text        NOT NULL,
    notice_id       uuid        NOT NULL UNIQUE,
    about           bytea,
    made_at         timestamptz NOT NULL,
    next_at         timestamptz NOT NULL,
    tries           integer     NOT NULL DEFAULT 0 CHECK (tries >= 0),
    failed_at       timestamptz,
    told_at         timestamptz,
    PRIMARY KEY (organisation_id, request_id, recipient),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE,
    CHECK (told_at IS NULL OR about IS NULL)
);
CREATE INDEX recipient_notices_waiting ON recipient_notices (next_at) WHERE told_at IS NULL;

-- Of those, nobody can say any more whom they concern: an operator tells by hand.
INSERT INTO recipient_notices (organisation_id, request_id, recipient, notice_id, made_at, next_at, failed_at, told_at)
SELECT n.organisation_id, n.request_id, n.recipient, gen_random_uuid(), coalesce(r.done_at, now()), 'infinity', now(), n.told_at
  FROM erasure_notices n JOIN privacy_requests r USING (organisation_id, request_id);
DROP TABLE erasure_notices;

-- A corrected e-mail address waits until its owner has confirmed it. A link that is used may also have been put out of use.
ALTER TABLE mail_links ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN mail_links.confirmed IS 'not personal; the person followed it';
ALTER TABLE privacy_requests ADD COLUMN link_id uuid,
    DROP CONSTRAINT privacy_requests_waits_for_check,
    ADD CONSTRAINT privacy_requests_waits_for_check CHECK (waits_for IN ('legal_hold', 'confirmation'));

-- People who were invited and never came: found by age, without a look at everybody.
CREATE INDEX users_invited ON users (created_at) WHERE state = 'invited';

COMMENT ON COLUMN privacy_requests.link_id IS 'not personal; the mailed link that confirms a new address';
COMMENT ON TABLE  recipient_notices                 IS 'personal; holder=rights; purpose=rights_and_evidence; keep=until told, with its request';
COMMENT ON COLUMN recipient_notices.organisation_id IS 'not personal';
COMMENT ON COLUMN recipient_notices.request_id      IS 'not personal';
COMMENT ON COLUMN recipient_notices.recipient       IS 'not personal; a recipient of the register';
COMMENT ON COLUMN recipient_notices.notice_id       IS 'not personal; random, in the associated data of about and in the letter';
COMMENT ON COLUMN recipient_notices.about           IS 'personal; field=recipient_notices.about; cipher under the duty''s own key; null once told';
COMMENT ON COLUMN recipient_notices.made_at         IS 'not personal';
COMMENT ON COLUMN recipient_notices.next_at         IS 'not personal; infinity until the erasure is done';
COMMENT ON COLUMN recipient_notices.tries           IS 'not personal';
COMMENT ON COLUMN recipient_notices.failed_at       IS 'not personal; when it was last given up; it is tried again';
COMMENT ON COLUMN recipient_notices.told_at         IS 'not personal';
