#pragma once

#include "calls_service.hpp"
#include "history_service.hpp"
#include "samtal/gateway/router.hpp"
#include "switch_zones.hpp"

namespace samtal::calls {

/// What people ask for.
void add_routes(gateway::Router&, HistoryService&);

/// What switches bring. Both outlive the router.
void add_ingest_routes(gateway::Router&, CallsService&, SwitchZones const&);

}  // namespace samtal::calls
