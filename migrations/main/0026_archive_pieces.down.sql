DROP TABLE privacy_archive_pieces;
WITH gone AS (
    DELETE FROM privacy_archives RETURNING organisation_id, request_id)
UPDATE privacy_requests r SET state = 'done' FROM gone g
 WHERE (r.organisation_id, r.request_id) = (g.organisation_id, g.request_id) AND r.state = 'ready';
ALTER TABLE privacy_archives
    DROP COLUMN alive_at,
    DROP COLUMN build_id,
    ALTER COLUMN archive SET NOT NULL;
COMMENT ON COLUMN privacy_archives.archive IS 'personal; field=privacy_archives.archive; cipher';
