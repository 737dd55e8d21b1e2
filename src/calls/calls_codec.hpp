#pragma once

#include "samtal/calls/calls.hpp"

#include <string>

namespace samtal::calls {

[[nodiscard]] std::string encode(IngestReport const&);

}  // namespace samtal::calls
