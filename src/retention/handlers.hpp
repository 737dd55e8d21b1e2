#pragma once

#include "hold_repository.hpp"
#include "retention_job.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::retention {

void add_retention_routes(gateway::Router&, RetentionService&, RetentionJob&, Clock const&);
void add_hold_routes(gateway::Router&, HoldRepository&, Clock const&);

}  // namespace samtal::retention
