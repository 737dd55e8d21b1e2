#pragma once

#include "samtal/core/task.hpp"
#include "samtal/statistics/release.hpp"
#include "samtal/storage/purpose_pool.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace samtal::aggregate {

/// A stored figure, with what was promised when it was released.
struct Figure {
    statistics::Epoch epoch;
    std::uint16_t bucket;
    std::int64_t value;  // Frame::suppressed: below the threshold
    std::uint32_t micro_epsilon;
    statistics::Ratio noise_scale;
};

/// What the worker has been sent. Throws Unavailable when its database is gone.
class PgFigureRepository {
public:
    PgFigureRepository(storage::LoginOptions login, statistics::Policies const& policies);

    /// All or nothing; frames that are there already count once. `conflict` when one is there with another value.
    /// Frames of metrics that the policies do not know must not come here.
    Task<Result<void>> store(std::vector<statistics::ReceivedFrame> frames);

    /// By epoch, then bucket. Days since 1970-01-01, `to` exclusive.
    Task<Result<std::vector<Figure>>> figures(statistics::Metric, std::int64_t from_day, std::int64_t to_day);

    void close();

private:
    statistics::Policies const& policies_;
    storage::PurposePool pool_;
};

}  // namespace samtal::aggregate
