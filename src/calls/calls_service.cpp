#include "calls_service.hpp"

#include <algorithm>
#include <map>

namespace samtal::calls {

namespace {

using statistics::Metric;

bool same(SetupPermit const& permit, std::optional<Party> const& a, std::optional<Party> const& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->open(permit) == b->open(permit);
}

bool same(SetupPermit const& permit, Call const& a, Call const& b) {
    return same(permit, a.caller, b.caller) && same(permit, a.callee, b.callee) &&
           a.times.open(permit) == b.times.open(permit) && a.outcome == b.outcome;
}

}  // namespace

/// The records of a batch, brought together by the call they are about: a switch may report one twice in a batch.
struct CallsService::Group {
    struct Reports {
        std::vector<std::size_t> indices;
        std::size_t repeats = 0;
        std::size_t corrections = 0;
    };

    std::vector<PendingCall> calls;
    std::vector<Reports> reports;  // the n-th: of the n-th call
    std::map<std::string, std::size_t, std::less<>> places;

    void add(SetupPermit const& permit, std::size_t index, std::string const& source, Call call) {
        auto const [place, is_new] = places.try_emplace(source, calls.size());
        if (is_new) {
            calls.push_back({source, call, std::move(call)});
            reports.push_back({{index}});
            return;
        }
        PendingCall& known = calls[place->second];
        Reports& of_it = reports[place->second];
        (same(permit, known.last, call) ? of_it.repeats : of_it.corrections) += 1;
        known.last = std::move(call);
        of_it.indices.push_back(index);
    }
};

Task<Result<IngestReport>> CallsService::ingest(SetupPermit permit, IngestCalls batch) {
    if (batch.records.size() > limits_.records) co_return Error{Errc::invalid, "has more than 1000 records"};
    IngestReport report;
    Group group;
    for (std::size_t n = 0; n < batch.records.size(); ++n) {
        auto const& record = batch.records[n];
        auto call = record ? check(permit, *record) : Result<Call>{record.error()};
        if (call)
            group.add(permit, n, record->source_call_id, *std::move(call));
        else
            report.rejected.push_back({n, call.error()});
    }
    if (!group.calls.empty()) {
        auto const results = co_await intake_.store(permit, batch.switch_id, group.calls);
        for (auto const& result : results)  // what was committed is a duplicate when the switch comes again
            if (!result && result.error().code == Errc::exhausted) co_return result.error();
        sum_up(permit, group, results, report);
    }
    std::ranges::sort(report.rejected, {}, &Rejection::index);
    co_return report;
}

void CallsService::sum_up(SetupPermit const& permit, Group const& group,
                          std::vector<Result<StoredCall>> const& results, IngestReport& report) {
    for (std::size_t n = 0; n < results.size(); ++n) {
        Group::Reports const& of_it = group.reports[n];
        if (!results[n]) {
            for (std::size_t const index : of_it.indices) report.rejected.push_back({index, results[n].error()});
            continue;
        }
        report.duplicates += of_it.repeats;
        report.corrected += of_it.corrections;
        Standing const standing = results[n]->standing;
        (standing == Standing::fresh  ? report.accepted
         : standing == Standing::same ? report.duplicates
                                      : report.corrected) += 1;
        count(permit, group.calls[n].last, *results[n]);
    }
}

Result<Call> CallsService::check(SetupPermit const& permit, CallRecord const& record) const {
    std::size_t const size = record.source_call_id.size();
    if (size == 0 || size > limits_.source_call_id_bytes)
        return Error{Errc::invalid, "must have 1 to 255 bytes", "source_call_id"};
    auto caller = party(permit, record.caller, "caller.number");
    if (!caller) return caller.error();
    auto callee = party(permit, record.callee, "callee.number");
    if (!callee) return callee.error();
    CallTimes const& times = record.times.open(permit);
    if (auto const problem = check_times(times, record.outcome)) return *problem;
    return Call{*std::move(caller), *std::move(callee), SomeTimes{times}, record.outcome};
}

Result<std::optional<Party>> CallsService::party(SetupPermit const& permit,
                                                 std::optional<Counterpart> const& number, Literal field) const {
    if (!number) return std::optional<Party>{};
    auto read = numbers_.normalise(number->open(permit));
    if (!read) return Error{read.error().code, read.error().reason, field};
    return std::optional<Party>{Party{*std::move(read)}};
}

std::optional<Error> CallsService::check_times(CallTimes const& times, Outcome outcome) const {
    auto const& [started, answered, ended] = times;
    if (started < limits_.earliest) return Error{Errc::invalid, "must not be before the year 2000", "started_at"};
    if (started > clock_() + limits_.ahead)
        return Error{Errc::invalid, "must not lie in the future", "started_at"};
    if (ended < started) return Error{Errc::invalid, "must not be before started_at", "ended_at"};
    if (ended - started > limits_.longest) return Error{Errc::invalid, "must be within seven days", "ended_at"};
    if (!answered) return std::nullopt;  // also of an answered call: not every switch knows when
    if (*answered < started || *answered > ended)
        return Error{Errc::invalid, "must be between started_at and ended_at", "answered_at"};
    if (outcome != Outcome::answered)
        return Error{Errc::invalid, "must be answered when answered_at is given", "outcome"};
    return std::nullopt;
}

/// Once for each owner of a fresh call: neither repeats nor corrections count again.
void CallsService::count(SetupPermit const& permit, Call const& call, StoredCall const& stored) {
    CallTimes const& times = call.times.open(permit);
    for (Owner const& owner : stored.owners) {
        if (call.outcome == Outcome::answered) {
            auto const talked = std::chrono::floor<std::chrono::seconds>(
                times.ended_at - times.answered_at.value_or(times.ended_at));
            recorder_.record(permit, owner.user, Metric::calls_answered);
            recorder_.record(permit, owner.user, Metric::call_minutes, statistics::minutes_class(talked));
        } else if (owner.direction == Direction::incoming) {
            recorder_.record(permit, owner.user, Metric::calls_missed);
        }
    }
}

Task<Result<HistoryPage>> CallsService::list(HistoryPermit const& permit, ListCalls query) {
    if (query.from && query.to && *query.from > *query.to)
        co_return Error{Errc::invalid, "must not be after to", "from"};
    co_return co_await history_.page(permit, query);
}

Task<Result<CallStatistics>> CallsService::statistics(HistoryPermit const& permit, AskFigures query) {
    co_return co_await history_.figures(permit, query, clock_());
}

}  // namespace samtal::calls
