#include "release_gate.hpp"

namespace samtal::statistics {

Result<void> ReleaseGate::release(ReleaseTransaction& tx, MetricPolicy const& policy, Epoch epoch,
                                  std::span<std::int64_t const> counts) {
    if (!tx.charge(policy, epoch)) return Error{Errc::conflict, "privacy budget is spent", "", "budget-spent"};

    std::uint16_t bucket = 0;
    for (std::int64_t const count : counts) {
        std::int64_t const noisy = count + sampler_.discrete_laplace(policy.noise_scale);
        // The threshold reads the noisy value: a rule on the exact one would tell whether one person took part.
        std::int64_t const value = noisy >= policy.threshold ? noisy : Frame::suppressed;
        tx.put(Frame{policy.metric, bucket++, epoch, value});
    }
    return {};
}

}  // namespace samtal::statistics
