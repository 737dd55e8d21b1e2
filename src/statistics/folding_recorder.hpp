#pragma once

#include "samtal/core/time.hpp"
#include "samtal/statistics/release.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace samtal::statistics {

/// What one person did on one day, bounded. Lives in memory for about a minute.
struct Contribution {
    std::uint32_t day;  // since 1970-01-01, UTC
    UserId person;
    Metric metric;
    std::uint16_t bucket;
    std::uint32_t value;
};

/// Folds what happened into one small number for each person, day, metric and bucket.
class FoldingRecorder final : public Recorder {
public:
    /// Beyond `most_entries` new entries are left out: a figure that is too small harms nobody, memory without
    /// bound does.
    explicit FoldingRecorder(Policies const& policies, Clock clock = system_now,
                             std::size_t most_entries = 400'000);

    /// What record() ends in. Other rooms see a Recorder, where it is private.
    void fold(UserId person, Metric, std::string_view label) noexcept override;

    /// Everything folded since the last call.
    [[nodiscard]] std::vector<Contribution> take();
    /// Forgets one person's part of it.
    void drop(UserId person);
    /// How many events found no room since the start.
    [[nodiscard]] std::uint64_t left_out() const;

private:
    static constexpr std::size_t shard_count = 16;
    struct Place {
        std::uint32_t day;
        UserId person;
        Metric metric;
        std::uint16_t bucket;
        friend bool operator==(Place const&, Place const&) = default;
    };
    struct Hash {
        std::size_t operator()(Place const&) const noexcept;
    };
    struct alignas(64) Shard {  // a cache line of its own: threads that fold different people share nothing
        mutable std::mutex mutex;
        std::unordered_map<Place, std::uint32_t, Hash> values;
        std::uint64_t left_out = 0;
    };

    [[nodiscard]] Shard& shard_of(UserId) noexcept;

    Policies const& policies_;
    Clock clock_;
    std::size_t most_in_shard_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace samtal::statistics
