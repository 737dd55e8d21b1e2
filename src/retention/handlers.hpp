#pragma once

#include "disclosure_repository.hpp"
#include "hold_repository.hpp"
#include "retention_job.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::retention {

void add_retention_routes(gateway::Router&, RetentionService&, RetentionJob&, Clock const&);
void add_hold_routes(gateway::Router&, HoldRepository&, Clock const&);
/// `kept`: whether this service class keeps anything; else each demand is refused.
void add_disclosure_routes(gateway::Router&, DisclosureRepository&, bool kept, Clock const&);

}  // namespace samtal::retention
