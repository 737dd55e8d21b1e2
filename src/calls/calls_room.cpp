#include "samtal/calls/calls_room.hpp"

#include "calls_service.hpp"
#include "handlers.hpp"
#include "pg_call_history_repository.hpp"
#include "pg_call_intake_repository.hpp"
#include "pg_switch_repository.hpp"

namespace samtal::calls {

struct CallsRoom::Built {
    Built(CallsParts const& parts, CallsOptions options)
        : intake{parts.db, parts.cipher, parts.keys, parts.numbers},
          history{parts.db, parts.cipher, std::move(options.time_zone)},
          switches{parts.db, parts.permits},
          service{intake, history, parts.numbers, parts.recorder, parts.clock} {}

    PgCallIntake intake;
    PgCallHistory history;
    PgSwitches switches;
    CallsService service;
};

CallsRoom::CallsRoom(CallsParts const& parts, CallsOptions options)
    : built_{std::make_unique<Built>(parts, std::move(options))} {}

CallsRoom::~CallsRoom() = default;

MachineAuthenticator& CallsRoom::machines() noexcept {
    return built_->switches;
}

void CallsRoom::add_routes(gateway::Router& router) {
    calls::add_routes(router, built_->service);
}

}  // namespace samtal::calls
