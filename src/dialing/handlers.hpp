#pragma once

#include "dialing_service.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::dialing {

void add_routes(gateway::Router&, DialingService&, calls::PhoneNumbers const&);
void add_admin_routes(gateway::Router&, DialingService&);

}  // namespace samtal::dialing
