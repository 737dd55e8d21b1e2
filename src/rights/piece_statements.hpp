#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::rights {

// A maker that gave no sign for so long is taken for dead, and what it left goes with its row. One that merely was
// slow finds at its next piece that it lost.
inline constexpr storage::Statement drop_stale_build{R"sql(
-- rights.drop_stale_build
DELETE FROM privacy_archives
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND build_id <> $3::uuid
   AND (archive IS NOT NULL OR alive_at < now() - interval '20 seconds')
)sql"};

inline constexpr storage::Statement begin_build{R"sql(
-- rights.begin_build
INSERT INTO privacy_archives (organisation_id, request_id, user_id, build_id, alive_at, expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, now(), to_timestamp($5::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

inline constexpr storage::Statement is_building{R"sql(
-- rights.is_building
SELECT FROM privacy_archives
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND build_id = $3::uuid AND archive IS NULL
)sql"};

inline constexpr storage::Statement build_is_alive{R"sql(
-- rights.build_is_alive
UPDATE privacy_archives SET alive_at = now()
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND build_id = $3::uuid AND archive IS NULL
RETURNING build_id
)sql"};

inline constexpr storage::Statement add_piece{R"sql(
-- rights.add_piece
INSERT INTO privacy_archive_pieces (organisation_id, request_id, number, user_id, piece_id, piece)
VALUES ($1::uuid, $2::uuid, $3::integer, $4::uuid, $5::uuid, $6::bytea)
ON CONFLICT DO NOTHING
)sql"};

inline constexpr storage::Statement finish_build{R"sql(
-- rights.finish_build
UPDATE privacy_archives SET archive = $4::bytea, expires_at = to_timestamp($5::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND build_id = $3::uuid AND archive IS NULL
RETURNING build_id
)sql"};

inline constexpr storage::Statement drop_build{R"sql(
-- rights.drop_build
DELETE FROM privacy_archives
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND build_id = $3::uuid AND archive IS NULL
)sql"};

inline constexpr storage::Statement set_ready{R"sql(
-- rights.set_ready
UPDATE privacy_requests SET state = 'ready', done_at = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid
)sql"};

// What was never finished goes too; then the request is somebody else's business.
inline constexpr storage::Statement expire_archives{R"sql(
-- rights.expire_archives
WITH old AS (
    DELETE FROM privacy_archives
     WHERE (organisation_id, request_id) IN (
           SELECT organisation_id, request_id FROM privacy_archives
            WHERE expires_at <= to_timestamp($1::bigint / 1000.0) LIMIT 100)
    RETURNING organisation_id, request_id)
UPDATE privacy_requests r SET state = 'done' FROM old
 WHERE (r.organisation_id, r.request_id) = (old.organisation_id, old.request_id) AND r.state = 'ready'
)sql"};

inline constexpr storage::Statement read_archive{R"sql(
-- rights.read_archive
SELECT build_id, archive FROM privacy_archives
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND user_id = $3::uuid
   AND expires_at > to_timestamp($4::bigint / 1000.0) AND archive IS NOT NULL
)sql"};

inline constexpr storage::Statement piece_hashes{R"sql(
-- rights.piece_hashes
SELECT number, sha256(piece) FROM privacy_archive_pieces
 WHERE organisation_id = $1::uuid AND request_id = $2::uuid AND user_id = $3::uuid AND number > $4::integer
 ORDER BY number
 LIMIT 64
)sql"};

inline constexpr storage::Statement read_piece{R"sql(
-- rights.read_piece
SELECT p.piece_id, p.piece
  FROM privacy_archives a JOIN privacy_archive_pieces p USING (organisation_id, request_id)
 WHERE a.organisation_id = $1::uuid AND a.request_id = $2::uuid AND a.user_id = $3::uuid AND a.build_id = $4::uuid
   AND p.number = $5::integer
)sql"};

}  // namespace samtal::rights
