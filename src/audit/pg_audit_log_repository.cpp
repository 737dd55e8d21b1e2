#include "pg_audit_log_repository.hpp"

#include "leaf_codec.hpp"
#include "samtal/storage/values.hpp"

#include <stdexcept>

namespace samtal::audit {

namespace {

using storage::Tx;

// Held until the transaction ends: whoever dies gives it up.
constexpr storage::Statement try_election{R"sql(
-- audit.try_election
SELECT pg_try_advisory_xact_lock(7236802)
)sql"};

constexpr storage::Statement await_election{R"sql(
-- audit.await_election
SELECT pg_advisory_xact_lock(7236802)
)sql"};

constexpr storage::Statement newest_checkpoint{R"sql(
-- audit.newest_checkpoint
SELECT size, frontier, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1
)sql"};

// Whatever is committed and has no place: a leaf whose transaction took long gets a later one than younger leaves
// have.
constexpr storage::Statement waiting_leaves{R"sql(
-- audit.waiting_leaves
SELECT leaf_id, act, actor_kind, actor, subject, purpose, reference, code, (extract(epoch FROM acted_at) * 1000000)::bigint
  FROM audit_leaves
 WHERE position IS NULL
 ORDER BY leaf_id
 LIMIT $1::int
)sql"};

constexpr storage::Statement count_waiting{R"sql(
-- audit.count_waiting
SELECT count(*) FROM (SELECT FROM audit_leaves WHERE position IS NULL LIMIT 100000) AS w
)sql"};

constexpr storage::Statement give_places{R"sql(
-- audit.give_places
UPDATE audit_leaves AS l SET position = $2::bigint + n.place - 1
  FROM unnest($1::uuid[]) WITH ORDINALITY AS n (leaf_id, place)
 WHERE l.leaf_id = n.leaf_id AND l.position IS NULL
)sql"};

constexpr storage::Statement insert_checkpoint{R"sql(
-- audit.insert_checkpoint
INSERT INTO audit_checkpoints (size, frontier, note) VALUES ($1::bigint, $2::bytea, $3::text)
)sql"};

constexpr storage::Statement checkpoints_after{R"sql(
-- audit.checkpoints_after
SELECT size, frontier, note FROM audit_checkpoints WHERE size > $1::bigint ORDER BY size LIMIT 500
)sql"};

constexpr storage::Statement prunings_after{R"sql(
-- audit.prunings_after
SELECT size, note FROM audit_prunings WHERE size > $1::bigint ORDER BY size
)sql"};

// One statement, so that a leaf which goes meanwhile is seen once, as itself or as its hash.
constexpr storage::Statement leaves_between{R"sql(
-- audit.leaves_between
SELECT leaf_id, act, actor_kind, actor, subject, purpose, reference, code, (extract(epoch FROM acted_at) * 1000000)::bigint,
       position, NULL::bytea AS hash
  FROM audit_leaves
 WHERE position >= $1::bigint AND position < $2::bigint
 UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, position, hash
  FROM audit_pruned_leaves
 WHERE position >= $1::bigint AND position < $2::bigint
 ORDER BY position
 LIMIT 2000
)sql"};

// One statement, one moment.
constexpr storage::Statement read_extent{R"sql(
-- audit.extent
SELECT coalesce((SELECT max(position) + 1 FROM audit_leaves), (SELECT max(position) + 1 FROM audit_pruned_leaves), 0), coalesce((SELECT max(size) FROM audit_checkpoints), 0)
)sql"};

LoggedLeaf leaf_of(pqxx::row const& row) {
    return {storage::text_of(row[0]),  storage::text_of(row[1]),  storage::text_of(row[2]),
            storage::bytes_of(row[3]), storage::bytes_of(row[4]), storage::text_of(row[5]),
            storage::text_of(row[6]),  storage::text_of(row[7]),  row[8].as<std::int64_t>()};
}

StoredCheckpoint checkpoint_of(pqxx::row const& row) {
    return {row[0].as<std::int64_t>(), storage::bytes_of(row[1]), storage::text_of(row[2])};
}

std::optional<StoredCheckpoint> newest_in(Tx& tx) {
    auto const rows = tx.exec(newest_checkpoint);
    if (rows.empty()) return std::nullopt;
    return checkpoint_of(rows[0]);
}

/// Throws when somebody has been at the tree's frontier: nothing is signed over it.
Frontier frontier_of(std::optional<StoredCheckpoint> const& newest) {
    if (!newest) return {};
    auto frontier = Frontier::parse(newest->size, newest->frontier);
    if (!frontier) throw std::runtime_error{"the audit log's newest checkpoint is damaged"};
    return *std::move(frontier);
}

std::size_t number_in(Tx& tx, std::size_t most, Round& round, PgAuditLogRepository::Sign const& sign) {
    auto const newest = newest_in(tx);
    Frontier frontier = frontier_of(newest);
    round.size = frontier.size();
    auto const rows = tx.exec(waiting_leaves, static_cast<int>(most));
    if (rows.empty()) return 0;
    storage::ArrayLiteral ids;
    for (auto const& row : rows) {
        frontier.append(leaf_hash(canonical(leaf_of(row))));
        ids.add(storage::text_of(row[0]));
    }
    auto const placed = tx.exec(give_places, ids.text(), round.size);
    if (placed.affected_rows() != rows.size()) throw std::runtime_error{"a leaf was numbered by nobody"};
    tx.exec(insert_checkpoint, frontier.size(), storage::bytea(frontier.hashes()),
            sign(frontier, newest ? newest->note : std::string{}));
    round.size = frontier.size();
    return rows.size();
}

}  // namespace

Task<Result<Round>> PgAuditLogRepository::number(TrailPermit const& permit, std::size_t most, bool wait,
                                                 Sign const& sign) {
    co_return co_await db_.run(permit, [&, most, wait](Tx& tx) -> Result<Round> {
        Round round;
        bool elected = wait;
        if (wait)
            tx.exec(await_election);
        else
            elected = tx.exec(try_election)[0][0].as<bool>();
        if (elected)
            round.numbered = number_in(tx, most, round, sign);
        else if (auto const newest = newest_in(tx))
            round.size = newest->size;
        round.waiting = tx.exec(count_waiting)[0][0].as<std::int64_t>();
        return round;
    });
}

Task<Result<std::optional<StoredCheckpoint>>> PgAuditLogRepository::newest(TrailPermit const& permit) {
    co_return co_await db_.read(permit,
                                [](Tx& tx) -> Result<std::optional<StoredCheckpoint>> { return newest_in(tx); });
}

Task<Result<std::vector<StoredCheckpoint>>> PgAuditLogRepository::checkpoints(TrailPermit const& permit,
                                                                              std::int64_t after) {
    co_return co_await db_.read(permit, [after](Tx& tx) -> Result<std::vector<StoredCheckpoint>> {
        std::vector<StoredCheckpoint> found;
        for (auto const& row : tx.exec(checkpoints_after, after)) found.push_back(checkpoint_of(row));
        return found;
    });
}

Task<Result<std::vector<NumberedLeaf>>> PgAuditLogRepository::leaves(TrailPermit const& permit, std::int64_t from,
                                                                     std::int64_t before) {
    co_return co_await db_.read(permit, [from, before](Tx& tx) -> Result<std::vector<NumberedLeaf>> {
        std::vector<NumberedLeaf> found;
        for (auto const& row : tx.exec(leaves_between, from, before)) {
            auto const position = row[9].as<std::int64_t>();
            if (row[10].is_null())
                found.push_back({position, canonical(leaf_of(row))});
            else
                found.push_back({position, {}, storage::bytes_of(row[10])});
        }
        return found;
    });
}

Task<Result<std::vector<StoredPruning>>> PgAuditLogRepository::prunings(TrailPermit const& permit,
                                                                        std::int64_t after) {
    co_return co_await db_.read(permit, [after](Tx& tx) -> Result<std::vector<StoredPruning>> {
        std::vector<StoredPruning> found;
        for (auto const& row : tx.exec(prunings_after, after))
            found.push_back({row[0].as<std::int64_t>(), storage::text_of(row[1])});
        return found;
    });
}

Task<Result<Extent>> PgAuditLogRepository::extent(TrailPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<Extent> {
        auto const row = tx.exec(read_extent)[0];
        return Extent{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
    });
}

}  // namespace samtal::audit
