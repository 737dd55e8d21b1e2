#include "samtal/calls/calls_room.hpp"

#include "call_writer.hpp"
#include "calls_service.hpp"
#include "handlers.hpp"
#include "pg_call_history_repository.hpp"
#include "pg_call_people_repository.hpp"
#include "pg_switch_repository.hpp"

namespace samtal::calls {

struct CallsRoom::Built {
    Built(CallsParts const& parts, CallsOptions const& options)
        : calls{parts.db, parts.subject_keys, parts.keys, parts.numbers},
          writer{calls, parts.executor},
          history{parts.db, parts.cipher, parts.numbers},
          people{parts.db, parts.numbers},
          switches{parts.db, parts.permits},
          live{parts.clock, parts.keys},
          service{{writer, people, switches, live, parts.numbers, parts.recorder}, parts.clock},
          histories{history, parts.numbers, options.time_zone, parts.clock},
          zones{switches, options.time_zone} {}

    PgCallIntake calls;
    CallWriter writer;
    PgCallHistory history;
    PgCallPeople people;
    PgSwitches switches;
    LiveCalls live;
    CallsService service;
    HistoryService histories;
    SwitchZones zones;
};

CallsRoom::CallsRoom(CallsParts const& parts, CallsOptions options)
    : built_{std::make_unique<Built>(parts, options)} {}

CallsRoom::~CallsRoom() = default;

MachineAuthenticator& CallsRoom::machines() noexcept {
    return built_->switches;
}

void CallsRoom::use(CallFollower& follower) noexcept {
    built_->service.use(follower);
}

CallStates& CallsRoom::states() noexcept {
    return built_->live;
}

void CallsRoom::add_routes(gateway::Router& router) {
    calls::add_routes(router, built_->histories);
    add_ingest_routes(router, built_->service, built_->zones);
}

}  // namespace samtal::calls
