#pragma once

#include "desk_service.hpp"
#include "rights_service.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::rights {

void add_routes(gateway::Router&, RightsService&);
void add_admin_routes(gateway::Router&, DeskService&);

}  // namespace samtal::rights
