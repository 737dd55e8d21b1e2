#include "calls_service.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

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

Result<std::optional<Party>> read_party(SetupPermit const& permit, std::optional<Counterpart> const& number,
                                        NumberingPlan const& plan, Literal field) {
    if (!number) return std::optional<Party>{};
    auto read = normalise(plan, number->open(permit));
    if (!read) return Error{read.error().code, read.error().reason, field};
    return std::optional<Party>{Party{*std::move(read)}};
}

std::string live_name(SwitchId from, std::string_view source_call_id) {
    return from.text() + ":" + std::string{source_call_id};
}

bool is_source_id(std::string_view text, std::size_t most) {
    return text.size() <= most && text.find('\0') == std::string_view::npos;
}

}  // namespace

/// The records of a batch, brought together by the call they are about: a switch may report one twice in a batch.
struct CallsService::Group {
    struct Reports {
        std::size_t index;               // of the record that was the first
        std::vector<std::size_t> later;  // nearly always none
        std::size_t repeats = 0;
        std::size_t corrections = 0;
    };

    using Name = std::pair<std::string_view, std::string_view>;  // of the call and its part; they lie in the batch

    explicit Group(std::size_t records) {
        calls.reserve(records);
        reports.reserve(records);
        places.reserve(records);
    }

    std::vector<PendingCall> calls;
    std::vector<Reports> reports;  // the n-th: of the n-th call
    std::unordered_map<Name, std::size_t, boost::hash<Name>> places;

    void add(SetupPermit const& permit, std::size_t index, CallRecord const& record, Call call) {
        auto const [place, is_new] = places.try_emplace({record.source_call_id, record.part.id}, calls.size());
        if (is_new) {
            calls.push_back({record.source_call_id, record.part, std::move(call)});
            reports.push_back({index, {}});
            return;
        }
        PendingCall& known = calls[place->second];
        Reports& of_it = reports[place->second];
        (same(permit, known.last, call) ? of_it.repeats : of_it.corrections) += 1;
        if (!known.first) known.first = std::move(known.last);
        known.last = std::move(call);
        of_it.later.push_back(index);
    }
};

Task<Result<IngestReport>> CallsService::ingest(SetupPermit permit, IngestCalls batch) {
    if (batch.records.size() > limits_.records) co_return Error{Errc::invalid, "has more than 1000 records"};
    IngestReport report;
    Group group{batch.records.size()};
    Reading const how = reading(batch.switch_id);
    for (std::size_t n = 0; n < batch.records.size(); ++n) {
        auto const& record = batch.records[n];
        auto call = record ? check(permit, *record, how) : Result<Call>{record.error()};
        if (call)
            group.add(permit, n, *record, *std::move(call));
        else
            report.rejected.push_back({n, call.error()});
    }
    if (!group.calls.empty()) {
        auto const results = co_await tools_.intake.store(permit, batch.switch_id, group.calls);
        for (auto const& result : results)  // what was committed is a duplicate when the switch comes again
            if (!result && result.error().code == Errc::exhausted) co_return result.error();
        auto const concluded = co_await conclude(permit, batch.switch_id, group, results);
        if (!concluded) co_return concluded.error();
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
            report.rejected.push_back({of_it.index, results[n].error()});
            for (std::size_t const index : of_it.later) report.rejected.push_back({index, results[n].error()});
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

CallsService::Reading CallsService::reading(SwitchId from) const {
    return {tools_.switches.settings(from).over(tools_.numbers.plan()), clock_()};
}

Result<Call> CallsService::check(SetupPermit const& permit, CallRecord const& record, Reading const& how) const {
    std::size_t const most = limits_.source_call_id_bytes;
    if (record.source_call_id.empty() || !is_source_id(record.source_call_id, most) ||
        !is_source_id(record.part.id, most))
        return Error{Errc::invalid, "must have 1 to 255 bytes and no NUL", "source_call_id"};
    auto caller = read_party(permit, record.caller, how.plan, "caller.number");
    if (!caller) return caller.error();
    auto callee = read_party(permit, record.callee, how.plan, "callee.number");
    if (!callee) return callee.error();
    CallTimes times = record.times.open(permit);
    if (auto const problem = check_times(times, record.outcome, how.now)) return *problem;
    times.clock_off = times.ended_at > how.now + limits_.drift;
    return Call{*std::move(caller), *std::move(callee), SomeTimes{times}, record.outcome};
}

std::optional<Error> CallsService::check_times(CallTimes const& times, Outcome outcome, Timestamp now) const {
    if (times.started_at < limits_.earliest)
        return Error{Errc::invalid, "must not be before the year 2000", "started_at"};
    if (times.started_at > now + limits_.ahead)
        return Error{Errc::invalid, "must not lie more than a day ahead", "started_at"};
    if (times.ended_at < times.started_at)
        return Error{Errc::invalid, "must not be before started_at", "ended_at"};
    if (times.ended_at - times.started_at > limits_.longest)
        return Error{Errc::invalid, "must be within seven days", "ended_at"};
    if (!times.answered_at) return std::nullopt;  // also of an answered call: not every switch knows when
    if (*times.answered_at < times.started_at || *times.answered_at > times.ended_at)
        return Error{Errc::invalid, "must be between started_at and ended_at", "answered_at"};
    if (outcome != Outcome::answered)
        return Error{Errc::invalid, "must be answered when answered_at is given", "outcome"};
    return std::nullopt;
}

/// A record is of what is over. Of a call in parts the first leg ends last; of its attempts one may have been
/// answered.
Task<Result<void>> CallsService::conclude(SetupPermit const& permit, SwitchId from, Group const& group,
                                          std::vector<Result<StoredCall>> const& results) {
    std::map<std::string_view, Outcome> over;
    for (std::size_t n = 0; n < results.size(); ++n) {
        PendingCall const& call = group.calls[n];
        if (!results[n] || call.part.leg == Leg::terminating) continue;
        auto const [known, is_new] = over.try_emplace(call.source_call_id, call.last.outcome);
        if (!is_new && known->second != Outcome::answered) known->second = call.last.outcome;
    }
    std::vector<CallNews> news;
    for (auto const& [call, outcome] : over) {
        tools_.live.finish(live_name(from, call));
        news.push_back({std::string{call}, Progress::over, outcome});
    }
    if (follower_ == nullptr || news.empty()) co_return Result<void>{};
    co_return co_await follower_->follow(permit, from, std::move(news));
}

Task<Result<void>> CallsService::follow(SetupPermit permit, std::vector<CallEvent> events) {
    for (CallEvent const& event : events) {
        auto const followed = co_await follow_talk(permit, event);
        if (!followed) co_return followed.error();
        if (follower_ == nullptr || (event.progress == Progress::over && !event.outcome)) continue;
        std::vector<CallNews> news{
            {event.source_call_id, event.progress, event.outcome.value_or(Outcome::answered)}};
        auto const told = co_await follower_->follow(permit, event.switch_id, std::move(news));
        if (!told) co_return told.error();
    }
    co_return Result<void>{};
}

/// Whoever talks is on a call; whoever hears it ring is not yet.
Task<Result<void>> CallsService::follow_talk(SetupPermit const& permit, CallEvent const& event) {
    std::string const call = live_name(event.switch_id, event.source_call_id);
    if (event.progress == Progress::over) tools_.live.end(call);
    if (event.progress != Progress::talking) co_return Result<void>{};
    Reading const how = reading(event.switch_id);
    std::vector<Party> parties;
    for (auto const* number : {&event.caller, &event.callee})
        if (auto party = read_party(permit, *number, how.plan, "from"); party && *party)
            parties.push_back(**std::move(party));
    auto const people = co_await tools_.people.people_of(permit, std::move(parties), how.now);
    if (!people) co_return people.error();
    tools_.live.begin(call, permit.organisation(), *people);
    co_return Result<void>{};
}

/// Once for each owner of a fresh call: neither repeats nor corrections count again.
void CallsService::count(SetupPermit const& permit, Call const& call, StoredCall const& stored) {
    CallTimes const& times = call.times.open(permit);
    for (Owner const& owner : stored.owners) {
        if (call.outcome == Outcome::answered) {
            auto const talked = std::chrono::floor<std::chrono::seconds>(
                times.ended_at - times.answered_at.value_or(times.ended_at));
            tools_.recorder.record(permit, owner.user, Metric::calls_answered);
            tools_.recorder.record(permit, owner.user, Metric::call_minutes, statistics::minutes_class(talked));
        } else if (owner.direction == Direction::incoming) {
            tools_.recorder.record(permit, owner.user, Metric::calls_missed);
        }
    }
}

}  // namespace samtal::calls
