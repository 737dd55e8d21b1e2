#include "samtal/audit/audit_room.hpp"

#include "handlers.hpp"
#include "pg_evidence_repository.hpp"
#include "pruner.hpp"
#include "sequencer.hpp"
#include "staff_service.hpp"

namespace samtal::audit {

struct AuditRoom::Built {
    explicit Built(AuditParts const& p)
        : sequencer{p.db, p.keys, p.permits, p.executor},
          pruner{p.db, p.keys, p.current_register, p.clock},
          staff_reads{p.db, p.cipher},
          staff{staff_reads, p.keys, p.clock},
          evidence{p.db, p.cipher},
          breach_register{p.db},
          breaches{breach_register, p.current_register, p.clock} {}

    Sequencer sequencer;
    Pruner pruner;
    PgStaffReadRepository staff_reads;
    StaffService staff;
    PgEvidenceRepository evidence;
    PgBreachRepository breach_register;
    BreachService breaches;
};

AuditRoom::AuditRoom(AuditParts const& parts) : built_{std::make_unique<Built>(parts)} {
    Sequencer const& sequencer = built_->sequencer;
    built_->sequencer.when_idle(
        [&pruner = built_->pruner](TrailPermit const& permit) { return pruner.now_and_then(permit); });
    parts.metrics.gauge("samtal_audit_leaves_waiting", [&sequencer] { return sequencer.waiting(); });
    parts.metrics.gauge("samtal_audit_tree_size", [&sequencer] { return sequencer.size(); });
}

AuditRoom::~AuditRoom() {
    stop();
}

void AuditRoom::start() {
    built_->sequencer.start();
}

void AuditRoom::stop() {
    built_->sequencer.stop();
}

void AuditRoom::add_routes(gateway::Router& router) {
    add_evidence_routes(router, built_->evidence);
}

void AuditRoom::add_admin_routes(gateway::Router& router) {
    add_checkpoint_route(router, built_->sequencer);
    add_pruning_route(router, built_->pruner);
    add_staff_routes(router, built_->staff);
    add_breach_routes(router, built_->breaches);
}

}  // namespace samtal::audit
