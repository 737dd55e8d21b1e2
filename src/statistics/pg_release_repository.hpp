#pragma once

#include "pg_contribution_repository.hpp"
#include "release_gate.hpp"

#include <functional>
#include <string>
#include <vector>

namespace samtal::statistics {

/// For each metric in the order of its number, the count of each of its buckets.
using Counts = std::vector<std::vector<std::int64_t>>;

enum class Closing : unsigned char {
    released,        // frames are in the outbox, contributions are gone
    already_closed,  // earlier, or by another server
    left_to_another  // another server closes epochs now
};

struct WaitingRelease {
    Epoch epoch;
    std::string frames;
};

/// Closes epochs and keeps what was released until the worker has it.
class PgReleaseRepository {
public:
    /// Charges and puts frames for all metrics. Its error rolls everything back.
    using Release = std::function<Result<void>(ReleaseTransaction&, Counts const&)>;

    PgReleaseRepository(storage::Database& db, Policies const& policies) : db_{db}, policies_{policies} {}

    /// One transaction: bounds each person to the policies' buckets and values, groups, runs `release`, stores its
    /// frames, deletes the epoch's contributions. One server at a time; `wait` says whether to wait for another.
    Task<Result<Closing>> close(StatisticsPermit const&, Epoch, bool wait, Release release);

    /// Closes without a release and without a trace: what becomes of contributions when the budget is spent.
    Task<Result<void>> close_unreleased(StatisticsPermit const&, Epoch);

    /// What the worker has not confirmed, oldest first, 64 at most.
    Task<Result<std::vector<WaitingRelease>>> waiting(StatisticsPermit const&);
    Task<Result<void>> mark_delivered(StatisticsPermit const&, Epoch);
    Task<Result<bool>> is_delivered(StatisticsPermit const&, Epoch);

private:
    storage::Database& db_;
    Policies const& policies_;
};

}  // namespace samtal::statistics
