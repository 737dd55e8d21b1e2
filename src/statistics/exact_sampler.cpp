#include "exact_sampler.hpp"

#include <sodium.h>

#include <stdexcept>

namespace samtal::statistics {

ExactSampler::ExactSampler() {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
}

ExactSampler::~ExactSampler() {
    sodium_memzero(pool_.data(), sizeof pool_);
}

std::uint64_t ExactSampler::bits() {
    if (left_ == 0) {
        randombytes_buf(pool_.data(), sizeof pool_);
        left_ = pool_.size();
    }
    return pool_[--left_];
}

std::uint64_t ExactSampler::below(std::uint64_t bound) {
    // 2^64 mod bound values at the bottom would make the small results likelier: they are drawn again.
    std::uint64_t const uneven = (0 - bound) % bound;
    for (;;) {
        std::uint64_t const drawn = bits();
        if (drawn >= uneven) return drawn % bound;
    }
}

bool ExactSampler::bernoulli_exp(Ratio fraction) {
    // Algorithm 1: count successes of Bernoulli(fraction / k), k = 1, 2, …; the first failure at an odd k means
    // true. k passes 20 with probability below 10^-18, so the product stays far from 2^64.
    for (std::uint64_t k = 1;; ++k)
        if (below(fraction.denominator * k) >= fraction.numerator) return k % 2 == 1;
}

std::int64_t ExactSampler::discrete_laplace(Ratio scale) {
    // Algorithm 2 with t = numerator and s = denominator: x is geometric with rate 1/t, x / s has the wanted
    // scale.
    for (;;) {
        std::uint64_t const u = below(scale.numerator);
        if (!bernoulli_exp({u, scale.numerator})) continue;
        std::uint64_t whole = 0;
        while (bernoulli_exp({1, 1})) ++whole;
        std::uint64_t const size = (u + scale.numerator * whole) / scale.denominator;
        bool const negative = below(2) == 1;
        if (negative && size == 0) continue;  // zero would come up twice as often
        return negative ? -static_cast<std::int64_t>(size) : static_cast<std::int64_t>(size);
    }
}

}  // namespace samtal::statistics
