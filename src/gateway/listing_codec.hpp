#pragma once

#include "samtal/gateway/router.hpp"

#include <string>

namespace samtal::gateway {

/// See add_listing_route.
[[nodiscard]] std::string encode_listing(Router const&);

}  // namespace samtal::gateway
