#pragma once

#include "read_positions.hpp"
#include "samtal/storage/database.hpp"

#include <span>

namespace samtal::chat {

/// Writes `members.read_seq`.
class PgReadPositionRepository {
public:
    explicit PgReadPositionRepository(storage::Database& db) : db_{db} {}

    /// Where the pool is busy nothing is kept: the next position says more anyway.
    Task<void> keep(std::span<PendingRead>);

private:
    storage::Database& db_;
};

}  // namespace samtal::chat
