#pragma once

#include "samtal/core/register.hpp"

#include <array>

namespace samtal::storage {

/// How many connections each purpose may open, by index; together at most `most`, but never below one for each
/// purpose that touches a table at all.
[[nodiscard]] std::array<unsigned, purpose_names.size()> connection_shares(unsigned most);

}  // namespace samtal::storage
