#include "fading_steps.hpp"
#include "handlers.hpp"
#include "pg_disclosure_repository.hpp"
#include "pg_fading_repository.hpp"
#include "pg_hold_repository.hpp"
#include "pg_retention_repository.hpp"
#include "retention_codec.hpp"
#include "samtal/core/register_texts.hpp"

#include <algorithm>

namespace samtal::retention {

namespace {

/// To whom the law's records go.
processing::Recipient authority_of(processing::Register const& in_force) {
    auto const found = std::ranges::find(in_force.recipients, "authority", &processing::Recipient::role);
    if (found == in_force.recipients.end()) throw std::runtime_error{"the register names no authority"};
    return *found;
}

}  // namespace

struct RetentionRoom::Built {
    Built(RetentionParts const& parts, RetentionOptions const& options)
        : clock{parts.clock},
          keeps_traffic{must_keep_traffic(parts.service_class)},
          repository{parts.db},
          holds{parts.db, parts.cipher},
          fading{parts.db, parts.cipher, options.time_zone},
          disclosures{parts.db, parts.cipher, parts.ring,
                      [in_force = parts.in_force] { return authority_of(in_force()); }},
          service{
              repository,
              [in_force = parts.in_force] { return with_periods_of(in_force(), decode_rules(register_expiry)); },
              options,
              parts.clock,
              {&fading, [in_force = parts.in_force] { return fading_steps(in_force()); }}},
          job{service, parts, options} {}

    Clock clock;
    bool keeps_traffic;
    PgRetentionRepository repository;
    PgHoldRepository holds;
    PgFadingRepository fading;
    PgDisclosureRepository disclosures;
    RetentionService service;
    RetentionJob job;
};

RetentionRoom::RetentionRoom(RetentionParts const& parts, RetentionOptions const& options)
    : built_{std::make_unique<Built>(parts, options)} {}

RetentionRoom::~RetentionRoom() = default;

void RetentionRoom::add_routes(gateway::Router& router) {
    add_retention_routes(router, built_->service, built_->job, built_->clock);
    add_hold_routes(router, built_->holds, built_->clock);
    add_disclosure_routes(router, built_->disclosures, built_->keeps_traffic, built_->clock);
}

void RetentionRoom::start() {
    built_->job.start();
}

void RetentionRoom::stop() {
    built_->job.stop();
}

}  // namespace samtal::retention
