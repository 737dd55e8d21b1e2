#pragma once

#include "samtal/consent/consent.hpp"
#include "samtal/register/choice.hpp"

namespace samtal::consent {

/// A person's view of the ledger and of its sum.
class PgConsentRepository {
public:
    PgConsentRepository(storage::Database& db, Ledger& ledger) : db_{db}, ledger_{ledger} {}

    Task<Result<std::vector<Standing>>> states(RightsPermit const&);
    /// The same for a moment in the past, from the ledger alone.
    Task<Result<std::vector<Standing>>> states_at(RightsPermit const&, std::vector<std::string> purposes,
                                                  Timestamp at);
    Task<Result<History>> events(RightsPermit const&, ReadHistory);
    Task<Result<std::optional<Entry>>> latest(RightsPermit const&, std::string purpose);
    Task<Result<Entry>> record(RightsPermit const&, Act, Timestamp now);

    Task<Result<std::optional<Timestamp>>> acknowledged(RightsPermit const&, std::string notice_version);
    /// As an ISO 8601 period; empty: as the register says.
    Task<Result<processing::ChosenPeriods>> chosen_periods(RightsPermit const&);
    /// When that was, also if it was earlier.
    Task<Result<Timestamp>> acknowledge(RightsPermit const&, std::string notice_version, Timestamp now);

private:
    storage::Database& db_;
    Ledger& ledger_;
};

class PgStandingRepository final : public StandingRepository {
public:
    PgStandingRepository(storage::Database& db, PermitIssuer& permits) : db_{db}, permits_{permits} {}
    Task<Result<std::optional<DecisionId>>> consent(Principal, std::string_view purpose) override;
    Task<Result<bool>> objects(Principal, std::string_view purpose) override;

private:
    storage::Database& db_;
    PermitIssuer& permits_;
};

}  // namespace samtal::consent
