#pragma once

#include "samtal/gateway/router.hpp"
#include "samtal/identity/identity.hpp"

namespace samtal::identity {

void add_routes(gateway::Router&, Identity&);

}  // namespace samtal::identity
