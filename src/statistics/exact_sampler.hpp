#pragma once

#include "samtal/statistics/release.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace samtal::statistics {

/// Where a release gets its noise from; fixed values in unit tests.
class Sampler {
public:
    virtual ~Sampler() = default;
    /// P(x) is proportional to exp(-|x| / scale).
    virtual std::int64_t discrete_laplace(Ratio scale) = 0;
};

/// Exact draws with integers alone from libsodium's randomness, after Canonne, Kamath and Steinke, "The Discrete
/// Gaussian for Differential Privacy" (2020), algorithms 1 and 2. Floating-point samplers leave gaps that tell
/// counts apart. One thread at a time.
class ExactSampler final : public Sampler {
public:
    ExactSampler();
    ~ExactSampler() override;
    ExactSampler(ExactSampler const&) = delete;
    ExactSampler& operator=(ExactSampler const&) = delete;

    /// Numerator and denominator up to 2^40.
    std::int64_t discrete_laplace(Ratio scale) override;

    /// Uniform in [0, bound); bound above 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// True with probability exp(-fraction), for a fraction in [0, 1].
    [[nodiscard]] bool bernoulli_exp(Ratio fraction);

private:
    std::uint64_t bits();

    std::array<std::uint64_t, 64> pool_{};  // one system call for many draws
    std::size_t left_ = 0;
};

}  // namespace samtal::statistics
