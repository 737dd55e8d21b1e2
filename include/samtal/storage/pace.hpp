#pragma once

#include "samtal/core/task.hpp"

#include <chrono>

namespace samtal::storage {

/// The pace of a long job in batches beside what people wait for. A batch is sized so that it takes about
/// `batch_time`; after it the job rests, so that of the time since it began it works `share`.
class Pace {
public:
    struct Options {
        std::chrono::nanoseconds batch_time = std::chrono::milliseconds{4};
        double share = 0.3;  // above 0; 1: without a rest
        int least = 100;     // rows, but never more than `most`
        int most = 1000;
    };

    explicit Pace(Options options);

    /// Rows of the next batch.
    [[nodiscard]] int rows() const noexcept { return rows_; }
    /// After a batch of rows() that took so long. Rests on the caller's executor.
    Task<void> rest(std::chrono::nanoseconds took);
    /// The same without the rest: how long it would be.
    std::chrono::nanoseconds after(std::chrono::nanoseconds took) noexcept;

private:
    Options options_;
    int rows_ = 1;
};

}  // namespace samtal::storage
