#pragma once

#include "calls_service.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::calls {

void add_routes(gateway::Router&, CallsService&);

}  // namespace samtal::calls
