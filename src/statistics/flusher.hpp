#pragma once

#include "folding_recorder.hpp"
#include "pg_contribution_repository.hpp"
#include "pg_epoch_keys_repository.hpp"

#include <deque>

namespace samtal::statistics {

/// Writes what was folded, under pseudonyms, each part once. One call at a time.
class Flusher {
public:
    Flusher(FoldingRecorder& recorder, PgContributionRepository& contributions, PgEpochKeysRepository& keys)
        : recorder_{recorder}, contributions_{contributions}, keys_{keys} {}

    /// Throws Unavailable when database or key store are; what was not written waits for the next call.
    Task<void> flush(StatisticsPermit const&, std::uint32_t today);

    /// Forgets what is not written yet of one person.
    void drop(UserId);

private:
    /// Keeps its id until it is known to be written: the outcome of a lost connection's commit may be unknown.
    struct Batch {
        boost::uuids::uuid id;
        std::uint32_t day;
        std::vector<Contribution> rows;
    };
    void collect();
    Task<void> write(StatisticsPermit const&, Batch const&, std::uint32_t today);

    FoldingRecorder& recorder_;
    PgContributionRepository& contributions_;
    PgEpochKeysRepository& keys_;
    std::deque<Batch> waiting_;
};

/// Who somebody is for one epoch: keyed BLAKE2b of their id under the epoch's key.
[[nodiscard]] std::string pseudonym(storage::Key const& epoch_key, UserId person);

}  // namespace samtal::statistics
