#pragma once

#include "samtal/start/start.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samtal::start {

/// A part's answer, encoded already.
struct Found {
    std::string_view name;
    std::string json;
};

[[nodiscard]] std::string encode(std::vector<Found> const&, Limits const&);

}  // namespace samtal::start
