#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/consent/notice.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <functional>
#include <memory>

namespace samtal::administration {

/// What the room works with. All of it outlives the room.
struct AdministrationParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::SubjectKeys& keys;
    calls::PhoneNumbers const& numbers;
    consent::Notices const& notices;  // knows the brands
    /// An account was shut, and that is committed: end its sessions now. Called before the administrator's answer.
    std::function<Task<void>(UserId)> on_suspended;
    Clock clock = system_now;
};

/// What an operator does through the admin socket: organisations, people, their numbers, switches.
class AdministrationRoom {
public:
    explicit AdministrationRoom(AdministrationParts const& parts);
    ~AdministrationRoom();
    AdministrationRoom(AdministrationRoom const&) = delete;
    AdministrationRoom& operator=(AdministrationRoom const&) = delete;

    /// POST /admin/organisations, …/{id}/retention, /admin/users, /admin/users/{id}/numbers, …/numbers/end,
    /// …/state, /admin/switches. For the admin socket's router only.
    void add_routes(gateway::Router&);

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::administration
