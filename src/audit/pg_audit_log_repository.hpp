#pragma once

#include "log.hpp"
#include "merkle.hpp"
#include "samtal/storage/database.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace samtal::audit {

using TrailPermit = Permit<purpose::AuditTrail>;

/// What a round of numbering did and left.
struct Round {
    std::size_t numbered = 0;
    std::int64_t waiting = 0;  // counted up to a bound
    std::int64_t size = 0;
};

class PgAuditLogRepository {
public:
    /// Makes the note of the tree that comes after the note `previous` (empty: none).
    using Sign = std::function<std::string(Frontier const&, std::string const& previous)>;

    explicit PgAuditLogRepository(storage::Database& db) : db_{db} {}

    /// Gives up to `most` waiting leaves their places and signs for them, in one transaction. Among all servers
    /// one does so at a time: the others number nothing, or, with `wait`, come after it.
    Task<Result<Round>> number(TrailPermit const&, std::size_t most, bool wait, Sign const&);

    Task<Result<std::optional<StoredCheckpoint>>> newest(TrailPermit const&);
    /// Those of a greater size than `after`, by size.
    Task<Result<std::vector<StoredCheckpoint>>> checkpoints(TrailPermit const&, std::int64_t after);
    /// Statements that leaves went, of a greater size than `after`, by size.
    Task<Result<std::vector<StoredPruning>>> prunings(TrailPermit const&, std::int64_t after);
    /// From a position on and before another, in order; a bounded page. Of those that went, the hashes.
    Task<Result<std::vector<NumberedLeaf>>> leaves(TrailPermit const&, std::int64_t from, std::int64_t before);
    Task<Result<Extent>> extent(TrailPermit const&);

private:
    storage::Database& db_;
};

/// Shows the visitor the whole log, in batches, and what is added meanwhile; then tells where it ended.
Task<Result<Extent>> walk(PgAuditLogRepository&, TrailPermit const&, LogVisitor&);

}  // namespace samtal::audit
