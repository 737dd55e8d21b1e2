#include "retention_service.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/pace.hpp"

#include <algorithm>
#include <exception>

namespace samtal::retention {

namespace {

constexpr Error interrupted{Errc::exhausted, "the server is stopping"};

}  // namespace

std::vector<Rule> with_periods_of(processing::Register const& in_force, std::vector<Rule> rules) {
    for (Rule& rule : rules) {
        auto const* const purpose = rule.own ? nullptr : in_force.purpose(rule.purpose);
        if (purpose == nullptr) continue;
        auto const& [anchor, duration, action, lag, steps] = purpose->retention;
        auto const step = std::ranges::find(steps, rule.step, &processing::Step::of);
        if (step != steps.end()) rule.duration = step->duration;
        if (rule.step.empty()) rule.duration = duration;
        rule.lag = lag;
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
    auto const steps = fading_.steps();
    for (FadingStep const& step : steps) {
        if (stopping_) co_return interrupted;
        auto const due = co_await fading_.repository->due(permit, step, moment, overdue);
        if (!due) co_return due.error();
        std::int64_t& rows = counts[step.category];
        for (FadingRows const& some : *due) rows += some.rows;
    }
    co_return counts;
}

Task<Result<Counts>> RetentionService::due(RetentionPermit const& permit, Timestamp moment) {
    co_return co_await counted(permit, moment, false);
}

Task<Result<Counts>> RetentionService::overdue(RetentionPermit const& permit) {
    co_return co_await counted(permit, clock_(), true);
}

Task<Result<std::int64_t>> RetentionService::in_batches(NextBatch next) {
    using SteadyClock = std::chrono::steady_clock;
    storage::Pace pace{{.share = options_.share, .most = static_cast<int>(options_.batch_rows)}};
    std::int64_t done = 0;
    Timestamp beginning{};
    for (;;) {
        if (stopping_) co_return interrupted;
        auto const began = SteadyClock::now();
        auto const most = static_cast<unsigned>(pace.rows());
        auto const batch = co_await next(beginning, most);
        if (!batch) co_return batch.error();
        done += batch->deleted;
        // Fewer: nothing is left but rows that changed this moment, for the next run.
        if (batch->deleted < most) co_return done;
        beginning = batch->reached;
        co_await pace.rest(SteadyClock::now() - began);
    }
}

Task<Result<std::int64_t>> RetentionService::delete_all(RetentionPermit const& permit, Rule const& rule,
                                                        Timestamp moment) {
    co_return co_await in_batches([this, &permit, &rule, moment](Timestamp beginning, unsigned most) {
        return repository_.delete_batch(permit, rule, moment, beginning, most);
    });
}

/// Organisation by organisation and stage by stage, since each has its own periods and its own end.
Task<Result<std::int64_t>> RetentionService::fade_all(RetentionPermit const& permit, FadingStep const& step,
                                                      Timestamp moment) {
    auto const due = co_await fading_.repository->due(permit, step, moment, false);
    if (!due) co_return due.error();
    std::int64_t faded = 0;
    for (FadingRows const& rows : *due) {
        auto const done =
            co_await in_batches([this, &permit, &step, &rows, moment](Timestamp beginning, unsigned most) {
                return fading_.repository->fade_batch(permit, step, rows, moment, beginning, most);
            });
        if (!done) co_return done.error();
        faded += *done;
    }
    co_return faded;
}

Task<Result<void>> RetentionService::fade(RetentionPermit const& permit, Timestamp moment, Counts& counts) {
    auto const steps = fading_.steps();
    for (FadingStep const& step : steps) {
        auto const faded = co_await fade_all(permit, step, moment);
        if (!faded) co_return faded.error();
        counts[step.category] = *faded;
    }
    co_return Result<void>{};
}

Task<Result<std::optional<Counts>>> RetentionService::run(RetentionPermit const& permit, RunKind kind,
                                                          Timestamp moment) {
    Run const run{uuid_text(uuid_v7(std::chrono::system_clock::now())), kind, moment};
    Timestamp const now = clock_();
    auto const mine = co_await repository_.begin(permit, run, now, now - options_.every / 2);
    if (!mine) co_return mine.error();
    if (!*mine) co_return std::optional<Counts>{};
    Counts counts;
    // First: what is counted may be past its period already. What needs no key goes also when none can be read.
    std::exception_ptr broken;
    try {
        auto const faded = co_await fade(permit, moment, counts);
        if (!faded) co_return faded.error();
    } catch (Unavailable const&) {
        broken = std::current_exception();
    }
    auto const rules = rules_();
    for (Rule const& rule : rules) {
        auto const deleted = co_await delete_all(permit, rule, moment);
        if (!deleted) co_return deleted.error();
        counts[rule.category] = *deleted;
    }
    if (broken) std::rethrow_exception(broken);
    if (auto const ended = co_await repository_.end(permit, run, counts, clock_()); !ended)
        co_return ended.error();
    co_return std::optional<Counts>{std::move(counts)};
}

Task<Result<std::vector<Report>>> RetentionService::reports(RetentionPermit const& permit, unsigned limit) {
    co_return co_await repository_.reports(permit, limit);
}

}  // namespace samtal::retention
