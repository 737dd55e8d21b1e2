#pragma once

#include "samtal/consent/ledger.hpp"
#include "samtal/consent/notice.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/endings.hpp"
#include "samtal/gateway/entrances.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/gateway/sockets.hpp"
#include "samtal/identity/identity.hpp"
#include "samtal/ops/mailer.hpp"
#include "samtal/statistics/recorder.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace samtal::identity {

struct IdentityOptions {
    std::uint32_t argon2_memory_kib = 19'456;  // OWASP's floor, as are two passes; the config refuses less
    std::uint32_t argon2_passes = 2;
    std::uint32_t workers = 2;  // threads that hash passwords
    std::uint32_t queue = 64;   // passwords that may wait for them; more: 503
    bool throttle_by_address = true;
    std::uint32_t failures_per_minute = 20;  // of one address at one account; five times that at one account
    std::string public_url;                  // where mailed links lead
    std::size_t cached_sessions = 100'000;
};

/// What the room works with. All of it outlives the room.
struct IdentityParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::KeyRing const& keys;
    PermitIssuer& permits;
    gateway::Sockets& sockets;
    consent::Notices const& notices;
    consent::Ledger& ledger;
    statistics::Recorder& recorder;
    ops::Mailer& mailer;
    Clock clock = system_now;
    gateway::Endings* others = nullptr;  // nothing: this is the only server
};

/// The part of gateway::Authenticator that knows people.
class PersonAuthenticator {
public:
    virtual ~PersonAuthenticator() = default;
    /// From memory, without suspending, for a session that was seen lately: about a microsecond.
    virtual Task<Result<Principal>> person(std::string_view access_token) = 0;
};

/// The room, built: its doors share the session cache and the hashing threads.
class IdentityRoom {
public:
    IdentityRoom(IdentityParts const& parts, IdentityOptions const& options);
    ~IdentityRoom();
    IdentityRoom(IdentityRoom const&) = delete;
    IdentityRoom& operator=(IdentityRoom const&) = delete;

    [[nodiscard]] Identity& identity() noexcept;
    [[nodiscard]] PersonAuthenticator& people() noexcept;
    [[nodiscard]] gateway::IdempotencyStore& idempotency() noexcept;
    /// Activation, login, token, sessions, passwords, and GET /v1/me.
    void add_routes(gateway::Router&);

    /// After an account was shut, and that is committed: its tokens are refused and its sockets closed when this
    /// resumes, on all servers.
    Task<void> forget(UserId);

    /// What another server announced. Any thread.
    void apply(gateway::Ending const&);
    /// Another server changed the session's row.
    void reread(SessionId);
    /// Nothing that is known of sessions may be trusted any more.
    void reread_all();

    /// Deletes sessions and mailed links whose time is up, and closes those sessions' sockets. About once a
    /// minute.
    Task<Result<void>> sweep();

    /// Finishes the passwords in hand and takes no more. Before the I/O threads' contexts go away.
    void close();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::identity
