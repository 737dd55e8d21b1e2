#pragma once

#include "fading_repository.hpp"
#include "samtal/retention/retention.hpp"

#include <atomic>
#include <functional>

namespace samtal::retention {

/// The rules with the purposes' periods as they are now.
[[nodiscard]] std::vector<Rule> with_periods_of(processing::Register const&, std::vector<Rule>);

/// How calls fade; without a repository they do not. `steps` is asked before each run.
struct Fading {
    FadingRepository* repository = nullptr;
    std::function<std::vector<FadingStep>()> steps = [] { return std::vector<FadingStep>{}; };
};

/// The rules of deletion: what, in which order, how much at a time.
class RetentionService {
public:
    /// `rules` is asked before each run: periods may change while the server runs.
    RetentionService(RetentionRepository& repository, std::function<std::vector<Rule>()> rules,
                     RetentionOptions const& options, Clock clock, Fading fading = {})
        : repository_{repository},
          rules_{std::move(rules)},
          options_{options},
          clock_{std::move(clock)},
          fading_{std::move(fading)} {}

    /// What a run at `moment` would delete.
    Task<Result<Counts>> due(RetentionPermit const&, Timestamp moment);
    /// What should have been deleted by now.
    Task<Result<Counts>> overdue(RetentionPermit const&);
    /// Deletes what is due at `moment`. Nothing when another server has the turn. When `stop()` was called the
    /// report is left without an end.
    Task<Result<std::optional<Counts>>> run(RetentionPermit const&, RunKind, Timestamp moment);
    Task<Result<std::vector<Report>>> reports(RetentionPermit const&, unsigned limit);

    void stop() noexcept { stopping_ = true; }

private:
    Task<Result<Counts>> counted(RetentionPermit const&, Timestamp moment, bool overdue);
    using NextBatch = std::function<Task<Result<Batch>>(Timestamp beginning, unsigned most)>;

    Task<Result<std::int64_t>> in_batches(NextBatch);
    Task<Result<std::int64_t>> delete_all(RetentionPermit const&, Rule const&, Timestamp moment);
    Task<Result<void>> fade(RetentionPermit const&, Timestamp moment, Counts&);
    Task<Result<std::int64_t>> fade_all(RetentionPermit const&, FadingStep const&, Timestamp moment);

    RetentionRepository& repository_;
    std::function<std::vector<Rule>()> rules_;
    RetentionOptions options_;
    Clock clock_;
    Fading fading_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace samtal::retention
