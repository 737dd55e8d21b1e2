#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/contacts/contacts.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <memory>

namespace samtal::contacts {

/// What the room works with. All of it outlives the room.
struct ContactsParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    calls::PhoneNumbers const& numbers;
};

/// People's address books: each private to its owner, and there only while the owner permits it.
class ContactsRoom {
public:
    explicit ContactsRoom(ContactsParts const& parts);
    ~ContactsRoom();
    ContactsRoom(ContactsRoom const&) = delete;
    ContactsRoom& operator=(ContactsRoom const&) = delete;

    /// /v1/contacts: list, create, read, replace, change and delete, import and export.
    void add_routes(gateway::Router&);

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::contacts
