#pragma once

#include "contacts_service.hpp"
#include "samtal/gateway/router.hpp"

namespace samtal::contacts {

void add_routes(gateway::Router&, ContactsService&);

}  // namespace samtal::contacts
