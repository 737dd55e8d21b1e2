#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/entrances.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"

#include <atomic>
#include <cstdint>

namespace samtal::identity {

/// Answers to POSTs with an Idempotency-Key, for 24 hours. Keys and bodies are kept as keyed hashes only. A
/// request that never finished, because the server died, gives its key free after a minute.
class PgIdempotencyRepository final : public gateway::IdempotencyStore {
public:
    PgIdempotencyRepository(storage::Database& db, storage::KeyRing const& keys, PermitIssuer& permits,
                            Clock clock)
        : db_{db}, keys_{keys}, permits_{permits}, clock_{std::move(clock)} {}

    Task<Result<std::optional<Earlier>>> begin(Principal, std::string_view route, std::string_view key,
                                               std::string_view body) override;
    Task<void> finish(Principal, std::string_view route, std::string_view key, std::optional<Earlier>) override;

private:
    /// Now and then, so that nothing stays longer than it may.
    Task<void> sweep(Timestamp now);

    storage::Database& db_;
    storage::KeyRing const& keys_;
    PermitIssuer& permits_;
    Clock clock_;
    std::atomic<std::uint64_t> begun_ = 0;
};

}  // namespace samtal::identity
