#pragma once

#include "pg_epoch_keys_repository.hpp"
#include "pg_release_repository.hpp"

namespace samtal::statistics {

/// Turns epochs into releases, and makes sure that nothing but the release is left of them.
class Closer {
public:
    Closer(Policies const& policies, PgContributionRepository& contributions, PgReleaseRepository& releases,
           PgEpochKeysRepository& keys)
        : policies_{policies}, contributions_{contributions}, releases_{releases}, keys_{keys} {}

    /// Closes what is open from days before `today`. Where the budget is spent, contributions go without a
    /// release: they were promised to be gone with the day.
    Task<void> close_past(StatisticsPermit const&, std::uint32_t today);

    /// Closes today's open epoch. `conflict` when the budget is spent: it stays open.
    Task<Result<Epoch>> close_now(StatisticsPermit const&, std::uint32_t today);

    /// Deletes the keys of closed epochs, also those a server that died in between has left.
    Task<void> destroy_keys(StatisticsPermit const&);

private:
    [[nodiscard]] PgReleaseRepository::Release release_of(Epoch) const;

    Policies const& policies_;
    PgContributionRepository& contributions_;
    PgReleaseRepository& releases_;
    PgEpochKeysRepository& keys_;
};

}  // namespace samtal::statistics
