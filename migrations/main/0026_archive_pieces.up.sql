-- A person's archive in pieces, so that neither making nor fetching it takes memory of its size. Owner: src/rights.
-- `privacy_archives.archive` is sealed and says how many pieces there are, how large they are together and what they hash to; while
-- they are made it is null, and nobody can fetch anything. Archives of the old form are built again.
WITH stale AS (
    DELETE FROM privacy_archives RETURNING organisation_id, request_id
), again AS (
    SELECT DISTINCT ON (r.organisation_id, r.user_id, r.kind) r.organisation_id, r.request_id
      FROM privacy_requests r JOIN stale s USING (organisation_id, request_id)
     WHERE r.state = 'ready'
       AND NOT EXISTS (SELECT FROM privacy_requests o WHERE (o.organisation_id, o.user_id, o.kind) = (r.organisation_id, r.user_id, r.kind)
                                                        AND o.state IN ('received', 'running'))
     ORDER BY r.organisation_id, r.user_id, r.kind, r.request_id DESC)
UPDATE privacy_requests r
   SET state = CASE WHEN a.request_id IS NULL THEN 'done' ELSE 'received' END,
       done_at = CASE WHEN a.request_id IS NULL THEN r.done_at END
  FROM stale s LEFT JOIN again a USING (organisation_id, request_id)
 WHERE (r.organisation_id, r.request_id) = (s.organisation_id, s.request_id) AND r.state = 'ready';

ALTER TABLE privacy_archives
    ALTER COLUMN archive DROP NOT NULL,
    ADD COLUMN build_id uuid NOT NULL,
    ADD COLUMN alive_at timestamptz NOT NULL;

CREATE TABLE privacy_archive_pieces (
    organisation_id uuid    NOT NULL,
    request_id      uuid    NOT NULL,
    number          integer NOT NULL CHECK (number > 0),
    user_id         uuid    NOT NULL,
    piece_id        uuid    NOT NULL,
    piece           bytea   NOT NULL CHECK (octet_length(piece) <= 1048576),
    PRIMARY KEY (organisation_id, request_id, number),
    FOREIGN KEY (organisation_id, request_id) REFERENCES privacy_archives ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX privacy_archive_pieces_of_user ON privacy_archive_pieces (organisation_id, user_id);
-- What is sealed does not compress.
ALTER TABLE privacy_archive_pieces ALTER COLUMN piece SET STORAGE EXTERNAL;

COMMENT ON COLUMN privacy_archives.archive  IS 'personal; field=privacy_archives.archive; cipher: the number of its pieces, their size and hash; null while they are made';
COMMENT ON COLUMN privacy_archives.build_id IS 'not personal; who makes it: a server that lost it to another finds another one here';
COMMENT ON COLUMN privacy_archives.alive_at IS 'not personal; when its maker was last at work';

COMMENT ON TABLE  privacy_archive_pieces                 IS 'personal; holder=rights; purpose=rights_and_evidence; keep=30 days';
COMMENT ON COLUMN privacy_archive_pieces.organisation_id IS 'not personal';
COMMENT ON COLUMN privacy_archive_pieces.request_id      IS 'not personal';
COMMENT ON COLUMN privacy_archive_pieces.number          IS 'not personal; its place, from 1';
COMMENT ON COLUMN privacy_archive_pieces.user_id         IS 'personal; field=privacy_archive_pieces.user_id';
COMMENT ON COLUMN privacy_archive_pieces.piece_id        IS 'not personal; made by the application, in the associated data of piece';
COMMENT ON COLUMN privacy_archive_pieces.piece           IS 'personal; field=privacy_archive_pieces.piece; cipher: some of the ZIP''s bytes';
