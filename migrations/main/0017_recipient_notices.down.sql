ALTER TABLE mail_links DROP COLUMN confirmed;
DROP INDEX users_invited;
UPDATE privacy_requests SET waits_for = NULL WHERE waits_for = 'confirmation';
ALTER TABLE privacy_requests DROP COLUMN link_id, DROP CONSTRAINT privacy_requests_waits_for_check,
    ADD CONSTRAINT privacy_requests_waits_for_check CHECK (waits_for IN ('legal_hold'));
CREATE TABLE erasure_notices (
    organisation_id uuid NOT NULL,
    request_id      uuid NOT NULL,
    recipient       text NOT NULL,
    told_at         timestamptz,
    PRIMARY KEY (organisation_id, request_id, recipient),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE
);
INSERT INTO erasure_notices SELECT n.organisation_id, n.request_id, n.recipient, n.told_at
  FROM recipient_notices n JOIN privacy_requests r USING (organisation_id, request_id) WHERE r.kind = 'erasure';
DROP TABLE recipient_notices;
COMMENT ON TABLE  erasure_notices                 IS 'not personal';
COMMENT ON COLUMN erasure_notices.organisation_id IS 'not personal';
COMMENT ON COLUMN erasure_notices.request_id      IS 'not personal';
COMMENT ON COLUMN erasure_notices.recipient       IS 'not personal; a recipient of the register';
COMMENT ON COLUMN erasure_notices.told_at         IS 'not personal';
