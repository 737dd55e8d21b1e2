#pragma once

#include "pg_breach_repository.hpp"

#include <functional>

namespace samtal::audit {

/// From an alert to a case with complete drafts.
class BreachService {
public:
    BreachService(PgBreachRepository& repository, std::function<processing::Register()> current, Clock clock)
        : repository_{repository}, register_{std::move(current)}, clock_{std::move(clock)} {}

    Task<Result<OpenedCase>> report(IncidentPermit const&, BreachReport const&);
    Task<Result<std::vector<BreachCase>>> list(IncidentPermit const& permit) { return repository_.list(permit); }
    /// `not_found`; `conflict` when it is closed already.
    Task<Result<BreachCase>> close(IncidentPermit const& permit, CloseBreach const& closing) {
        return repository_.close(permit, closing, clock_());
    }
    Task<Result<std::vector<UserId>>> affected(IncidentPermit const& permit, AskAffected const& ask) {
        return repository_.affected(permit, ask);
    }
    [[nodiscard]] Timestamp now() const { return clock_(); }

private:
    Task<RecordCounts> count(IncidentPermit const&, BreachReport const&);

    PgBreachRepository& repository_;
    std::function<processing::Register()> register_;
    Clock clock_;
};

}  // namespace samtal::audit
