#pragma once

#include "greetings_service.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::greetings {

void add_routes(gateway::Router&, GreetingsService&, calls::PhoneNumbers const&, GreetingsOptions const&);

}  // namespace samtal::greetings
