#include "pg_pruning_repository.hpp"

#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::audit {

namespace {

using storage::Tx;

constexpr storage::Statement await_turn{R"sql(
-- audit.await_pruning_turn
SELECT pg_advisory_xact_lock(7236904)
)sql"};

constexpr storage::Statement read_state{R"sql(
-- audit.pruning_state
SELECT coalesce((SELECT max(position) + 1 FROM audit_pruned_leaves), 0), coalesce(s.size, 0), coalesce(s.note, ''),
       floor(extract(epoch FROM to_timestamp($2::bigint / 1000.0) AT TIME ZONE 'UTC' - $1::interval) * 1000)::bigint
  FROM (VALUES (1)) AS one
  LEFT JOIN (SELECT size, note FROM audit_prunings ORDER BY size DESC LIMIT 1) AS s ON true
)sql"};

// In the order of their places, so that nothing is read but what goes, and one leaf more.
constexpr storage::Statement reached{R"sql(
-- audit.pruning_reach
SELECT c.size, c.frontier, c.note
  FROM audit_checkpoints c
 WHERE c.size > $1::bigint
   AND c.size <= coalesce((SELECT l.position FROM audit_leaves l
                            WHERE l.position >= $1::bigint AND l.acted_at > to_timestamp($2::bigint / 1000.0)
                            ORDER BY l.position LIMIT 1), (SELECT max(l.position) + 1 FROM audit_leaves l), 0)
 ORDER BY c.size DESC
 LIMIT 1
)sql"};

constexpr storage::Statement checkpoint_of_size{R"sql(
-- audit.checkpoint_of_size
SELECT size, frontier, note FROM audit_checkpoints WHERE size = $1::bigint
)sql"};

constexpr storage::Statement insert_pruning{R"sql(
-- audit.insert_pruning
INSERT INTO audit_prunings (size, note) VALUES ($1::bigint, $2::text)
)sql"};

constexpr storage::Statement prune_leaves{R"sql(
-- audit.prune_leaves
SELECT audit_prune($1::bigint, $2::bigint, $3::bytea[], to_timestamp($4::bigint / 1000.0))
)sql"};

Result<std::optional<StoredCheckpoint>> one_of(pqxx::result const& rows) {
    if (rows.empty()) return std::optional<StoredCheckpoint>{};
    return std::optional{StoredCheckpoint{rows[0][0].as<std::int64_t>(), storage::bytes_of(rows[0][1]),
                                          storage::text_of(rows[0][2])}};
}

}  // namespace

Task<Result<PruningState>> PgPruningRepository::state(TrailPermit const& permit, std::string const& period,
                                                      Timestamp moment) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<PruningState> {
        auto const row = tx.exec(read_state, period, storage::ms(moment))[0];
        return PruningState{row[0].as<std::int64_t>(), row[1].as<std::int64_t>(), storage::text_of(row[2]),
                            storage::time_of(row[3])};
    });
}

Task<Result<std::optional<StoredCheckpoint>>> PgPruningRepository::reach(TrailPermit const& permit,
                                                                         std::int64_t after, Timestamp before) {
    co_return co_await db_.read(
        permit, [after, before](Tx& tx) { return one_of(tx.exec(reached, after, storage::ms(before))); });
}

Task<Result<std::optional<StoredCheckpoint>>> PgPruningRepository::checkpoint(TrailPermit const& permit,
                                                                              std::int64_t size) {
    co_return co_await db_.read(permit, [size](Tx& tx) { return one_of(tx.exec(checkpoint_of_size, size)); });
}

Task<Result<void>> PgPruningRepository::say(TrailPermit const& permit, StoredPruning const& statement,
                                            Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(await_turn);
        tx.exec(insert_pruning, statement.size, statement.note);
        storage::append_audit_leaf(tx, {"audit.pruned", ActorKind::machine, "", "", purpose::AuditTrail::name,
                                        "size=" + std::to_string(statement.size), "", now});
        return {};
    });
}

Task<Result<void>> PgPruningRepository::prune(TrailPermit const& permit, std::int64_t first,
                                              std::vector<std::string> const& hashes, Timestamp before) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(await_turn);
        storage::ArrayLiteral all;
        for (std::string const& hash : hashes) all.add(storage::bytea(hash));
        tx.exec(prune_leaves, first, first + static_cast<std::int64_t>(hashes.size()), all.text(),
                storage::ms(before));
        return {};
    });
}

}  // namespace samtal::audit
