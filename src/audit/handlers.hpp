#pragma once

#include "breach_service.hpp"
#include "pg_evidence_repository.hpp"
#include "pruner.hpp"
#include "samtal/gateway/router.hpp"
#include "sequencer.hpp"
#include "staff_service.hpp"

namespace samtal::audit {

/// For people.
void add_evidence_routes(gateway::Router&, PgEvidenceRepository&);

/// For the admin socket's router only.
void add_checkpoint_route(gateway::Router&, Sequencer&);
void add_pruning_route(gateway::Router&, Pruner&);
void add_staff_routes(gateway::Router&, StaffService&);
void add_breach_routes(gateway::Router&, BreachService&);

}  // namespace samtal::audit
