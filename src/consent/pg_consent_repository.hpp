#pragma once

#include "samtal/consent/consent.hpp"

namespace samtal::consent {

/// The ledger and its sum.
class PgConsentRepository {
public:
    explicit PgConsentRepository(storage::Database& db) : db_{db} {}

    Task<Result<std::vector<Standing>>> states(RightsPermit const&);
    Task<Result<std::vector<Standing>>> events(RightsPermit const&, std::string const& purpose);
    /// Event and state in one transaction. `standing.event` is the new event's id.
    Task<Result<void>> record(RightsPermit const&, Standing const&, std::string const& terms_hash);

private:
    storage::Database& db_;
};

class PgStandingRepository final : public StandingRepository {
public:
    PgStandingRepository(storage::Database& db, PermitIssuer& permits) : db_{db}, permits_{permits} {}
    Task<Result<std::optional<DecisionId>>> consent(Principal, std::string_view purpose) override;

private:
    storage::Database& db_;
    PermitIssuer& permits_;
};

}  // namespace samtal::consent
