#pragma once

#include "samtal/core/secret.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace samtal::identity {

/// How long an invitation's code works.
inline constexpr std::chrono::hours activation_code_life{14 * 24};

/// 160 random bits in base32, in groups of four: to be read out over a telephone.
[[nodiscard]] Secret make_activation_code();

/// What `invitations.code_hash` holds: SHA-256 over the code without dashes, spaces and case, 0 for O, 1 for I and
/// L.
[[nodiscard]] std::string activation_code_hash(std::string_view code);

}  // namespace samtal::identity
