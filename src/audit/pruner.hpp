#pragma once

#include "pg_pruning_repository.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/signing.hpp"

#include <functional>
#include <optional>

namespace samtal::audit {

/// Lets leaves go that are past the period of `rights_and_evidence`: first it recomputes them and holds them
/// against the checkpoint that was signed when they were young, then it signs that they go, then they go. What was
/// tampered with is never signed for, and stays.
class Pruner {
public:
    Pruner(storage::Database& db, storage::KeyRing const& ring, std::function<processing::Register()> in_force,
           Clock clock)
        : log_{db}, prunings_{db}, signer_{ring}, in_force_{std::move(in_force)}, clock_{std::move(clock)} {}

    /// How many leaves went. `conflict` when leaves are not those that were signed: nothing goes. Breakage is
    /// thrown.
    Task<Result<std::int64_t>> prune(TrailPermit const&, Timestamp moment);
    Task<Result<std::int64_t>> prune_now(TrailPermit const& permit) { return prune(permit, clock_()); }
    /// The same about once an hour, for the rounds. Breakage is a line in the log.
    Task<void> now_and_then(TrailPermit const&);

private:
    /// Signs for everything that may go; nothing when nothing more may.
    Task<Result<std::optional<StoredPruning>>> state_next(TrailPermit const&, PruningState const&);
    Task<Result<std::int64_t>> let_go(TrailPermit const&, std::int64_t first, std::int64_t size, Timestamp before);
    Task<Result<Frontier>> tree(TrailPermit const&, std::int64_t from, std::int64_t size);

    PgAuditLogRepository log_;
    PgPruningRepository prunings_;
    storage::Signer signer_;
    std::function<processing::Register()> in_force_;
    Clock clock_;
    std::optional<Timestamp> tried_at_;
};

}  // namespace samtal::audit
