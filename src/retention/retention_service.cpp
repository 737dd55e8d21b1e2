#include "retention_service.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/pace.hpp"

namespace samtal::retention {

namespace {

constexpr Error interrupted{Errc::exhausted, "the server is stopping"};

}  // namespace

std::vector<Rule> with_periods_of(processing::Register const& in_force, std::vector<Rule> rules) {
    for (Rule& rule : rules) {
        auto const* const purpose = rule.own ? nullptr : in_force.purpose(rule.purpose);
        if (purpose == nullptr) continue;
        rule.duration = purpose->retention.duration;
        rule.lag = purpose->retention.lag;
    }
    return rules;
}

Task<Result<Counts>> RetentionService::counted(RetentionPermit const& permit, Timestamp moment, bool overdue) {
    Counts counts;
    auto const rules = rules_();
    for (Rule const& rule : rules) {
        if (stopping_) co_return interrupted;
        auto const rows = co_await repository_.count(permit, rule, moment, overdue);
        if (!rows) co_return rows.error();
        counts[rule.category] = *rows;
    }
    co_return counts;
}

Task<Result<Counts>> RetentionService::due(RetentionPermit const& permit, Timestamp moment) {
    co_return co_await counted(permit, moment, false);
}

Task<Result<Counts>> RetentionService::overdue(RetentionPermit const& permit) {
    co_return co_await counted(permit, clock_(), true);
}

Task<Result<std::int64_t>> RetentionService::delete_all(RetentionPermit const& permit, Rule const& rule,
                                                        Timestamp moment) {
    using SteadyClock = std::chrono::steady_clock;
    storage::Pace pace{{.share = options_.share, .most = static_cast<int>(options_.batch_rows)}};
    std::int64_t deleted = 0;
    Timestamp beginning{};
    for (;;) {
        if (stopping_) co_return interrupted;
        auto const began = SteadyClock::now();
        auto const most = static_cast<unsigned>(pace.rows());
        auto const batch = co_await repository_.delete_batch(permit, rule, moment, beginning, most);
        if (!batch) co_return batch.error();
        deleted += batch->deleted;
        // Fewer: nothing is left but rows that changed this moment, for the next run.
        if (batch->deleted < most) co_return deleted;
        beginning = batch->reached;
        co_await pace.rest(SteadyClock::now() - began);
    }
}

Task<Result<std::optional<Counts>>> RetentionService::run(RetentionPermit const& permit, RunKind kind,
                                                          Timestamp moment) {
    Run const run{uuid_text(uuid_v7(std::chrono::system_clock::now())), kind, moment};
    Timestamp const now = clock_();
    auto const mine = co_await repository_.begin(permit, run, now, now - options_.every / 2);
    if (!mine) co_return mine.error();
    if (!*mine) co_return std::optional<Counts>{};
    Counts counts;
    auto const rules = rules_();
    for (Rule const& rule : rules) {
        auto const deleted = co_await delete_all(permit, rule, moment);
        if (!deleted) co_return deleted.error();
        counts[rule.category] = *deleted;
    }
    if (auto const ended = co_await repository_.end(permit, run, counts, clock_()); !ended)
        co_return ended.error();
    co_return std::optional<Counts>{std::move(counts)};
}

Task<Result<std::vector<Report>>> RetentionService::reports(RetentionPermit const& permit, unsigned limit) {
    co_return co_await repository_.reports(permit, limit);
}

}  // namespace samtal::retention
