#include "breach_service.hpp"

#include "samtal/core/uuid_v7.hpp"

namespace samtal::audit {

/// A database that has no time to count must not hold up the clock: the rest of the numbers follows (Art. 33(4)).
Task<RecordCounts> BreachService::count(IncidentPermit const& permit, BreachReport const& report) {
    try {
        auto const counts = co_await repository_.count_records(permit, report);
        co_return counts ? *counts : RecordCounts{};
    } catch (Unavailable const&) {
        co_return RecordCounts{};
    }
}

Task<Result<OpenedCase>> BreachService::report(IncidentPermit const& permit, BreachReport const& report) {
    Timestamp const now = clock_();
    if (report.began > now) co_return Error{Errc::invalid, "must not lie ahead", "since"};
    auto const people = co_await repository_.count_people(permit, report.affected);
    if (!people) co_return people.error();
    if (*people == 0) co_return Error{Errc::invalid, "is nobody", "affected"};
    BreachCase const opened{CaseId{uuid_v7(now)}, report.kind,  report.drill, report.affected.organisation, now,
                            report.began,         report.ended, *people};
    // The case first: its clock runs whatever happens to the counts.
    if (auto const done = co_await repository_.open(permit, opened); !done) co_return done.error();
    auto const counts = co_await count(permit, report);
    co_return OpenedCase{opened, breach_drafts(opened, counts, register_())};
}

}  // namespace samtal::audit
