#pragma once

#include "pg_breach_repository.hpp"

namespace samtal::audit {

/// From an alert to a case with complete drafts.
class BreachService {
public:
    BreachService(PgBreachRepository& repository, RegisterWords words, Clock clock)
        : repository_{repository}, words_{std::move(words)}, clock_{std::move(clock)} {}

    Task<Result<OpenedCase>> report(IncidentPermit const&, BreachReport const&);
    Task<Result<std::vector<BreachCase>>> list(IncidentPermit const& permit) { return repository_.list(permit); }
    Task<Result<std::vector<UserId>>> affected(IncidentPermit const& permit, AskAffected const& ask) {
        return repository_.affected(permit, ask);
    }
    [[nodiscard]] Timestamp now() const { return clock_(); }

private:
    Task<RecordCounts> count(IncidentPermit const&, BreachReport const&);

    PgBreachRepository& repository_;
    RegisterWords words_;
    Clock clock_;
};

}  // namespace samtal::audit
