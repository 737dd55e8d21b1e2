#pragma once

#include "breach.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::audit {

class PgBreachRepository {
public:
    explicit PgBreachRepository(storage::Database& db) : db_{db} {}

    /// How many people that is. `not_found` when the organisation or one of the people does not exist.
    Task<Result<std::int64_t>> count_people(IncidentPermit const&, Affected const&);
    Task<Result<RecordCounts>> count_records(IncidentPermit const&, BreachReport const&);
    /// Writes the case and its leaf.
    Task<Result<void>> open(IncidentPermit const&, BreachCase const&);
    /// Ends the case, with its leaf.
    Task<Result<BreachCase>> close(IncidentPermit const&, CloseBreach const&, Timestamp now);
    /// The newest 1000.
    Task<Result<std::vector<BreachCase>>> list(IncidentPermit const&);
    /// Up to 10,000 people, by id.
    Task<Result<std::vector<UserId>>> affected(IncidentPermit const&, AskAffected const&);

private:
    storage::Database& db_;
};

}  // namespace samtal::audit
