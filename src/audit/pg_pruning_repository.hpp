#pragma once

#include "pg_audit_log_repository.hpp"
#include "samtal/core/time.hpp"

namespace samtal::audit {

/// How far the audit trail is pruned.
struct PruningState {
    std::int64_t gone = 0;  // leaves whose hash alone is left
    std::int64_t size = 0;  // leaves that the newest statement lets go
    std::string note;       // that statement
    Timestamp before;       // what was acted later is kept
};

/// Lets go what is past its period. Among all servers one does so at a time.
class PgPruningRepository {
public:
    explicit PgPruningRepository(storage::Database& db) : db_{db} {}

    /// `period` is ISO 8601, counted back from `moment`.
    Task<Result<PruningState>> state(TrailPermit const&, std::string const& period, Timestamp moment);
    /// The newest checkpoint before which everything was acted in time to go; nothing when none is newer than
    /// `after`.
    Task<Result<std::optional<StoredCheckpoint>>> reach(TrailPermit const&, std::int64_t after, Timestamp before);
    /// The checkpoint of exactly this size.
    Task<Result<std::optional<StoredCheckpoint>>> checkpoint(TrailPermit const&, std::int64_t size);
    /// Puts the statement into force, with its own leaf.
    Task<Result<void>> say(TrailPermit const&, StoredPruning const&, Timestamp now);
    /// Leaves from `first` on become their hashes. The schema refuses what no statement covers, and what is too
    /// young.
    Task<Result<void>> prune(TrailPermit const&, std::int64_t first, std::vector<std::string> const& hashes,
                             Timestamp before);

private:
    storage::Database& db_;
};

}  // namespace samtal::audit
