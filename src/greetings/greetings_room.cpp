#include "samtal/greetings/greetings_room.hpp"

#include "handlers.hpp"

namespace samtal::greetings {

struct GreetingsRoom::Built {
    Built(GreetingsParts const& parts, GreetingsOptions const& wanted)
        : numbers{parts.numbers},
          options{wanted},
          rows{parts.db, parts.cipher},
          service{rows, options, parts.clock} {}

    calls::PhoneNumbers const& numbers;
    GreetingsOptions options;
    PgGreetingsRepository rows;
    GreetingsService service;
};

GreetingsRoom::GreetingsRoom(GreetingsParts const& parts, GreetingsOptions options)
    : built_{std::make_unique<Built>(parts, options)} {}

GreetingsRoom::~GreetingsRoom() = default;

void GreetingsRoom::add_routes(gateway::Router& router) {
    greetings::add_routes(router, built_->service, built_->numbers, built_->options);
}

void GreetingsRoom::close() {
    built_->service.close();
}

}  // namespace samtal::greetings
