#include "samtal/contacts/contacts_room.hpp"

#include "handlers.hpp"

namespace samtal::contacts {

struct ContactsRoom::Built {
    explicit Built(ContactsParts const& parts) : rows{parts.db, parts.cipher}, service{rows, parts.numbers} {}

    PgContactsRepository rows;
    ContactsService service;
};

ContactsRoom::ContactsRoom(ContactsParts const& parts) : built_{std::make_unique<Built>(parts)} {}

ContactsRoom::~ContactsRoom() = default;

void ContactsRoom::add_routes(gateway::Router& router) {
    contacts::add_routes(router, built_->service);
}

}  // namespace samtal::contacts
