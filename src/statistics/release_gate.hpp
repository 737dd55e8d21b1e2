#pragma once

#include "exact_sampler.hpp"
#include "samtal/core/result.hpp"
#include "samtal/statistics/release.hpp"

#include <cstdint>
#include <span>

namespace samtal::statistics {

/// One database transaction: what it charges and what it puts in the outbox commit together or not at all.
class ReleaseTransaction {
public:
    virtual ~ReleaseTransaction() = default;
    /// False when the operator's yearly cap is spent.
    virtual bool charge(MetricPolicy const&, Epoch) = 0;
    virtual void put(Frame const&) = 0;
};

/// The only way from counts to frames.
class ReleaseGate {
public:
    explicit ReleaseGate(Sampler& sampler) : sampler_{sampler} {}

    /// `counts` has one entry for each bucket of the metric, contributions already bounded per person.
    /// Puts as many frames, whatever the counts are. `conflict`: the budget is spent and nothing was put.
    Result<void> release(ReleaseTransaction&, MetricPolicy const&, Epoch, std::span<std::int64_t const> counts);

private:
    Sampler& sampler_;
};

}  // namespace samtal::statistics
