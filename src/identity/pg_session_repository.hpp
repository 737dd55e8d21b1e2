#pragma once

#include "pg_account_repository.hpp"
#include "session_rules.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::identity {

/// A sign-in about to be stored.
struct NewSession {
    SessionRow row;
    std::optional<Personal<std::string, field::SessionsDevice>> device;  // encoded
    std::string platform;
    Timestamp now;
};

/// One session of a list, its device still encoded.
struct StoredSession {
    SessionId session;
    Personal<Timestamp, field::SessionsCreatedAt> created_at;
    std::optional<Personal<std::string, field::SessionsDevice>> device;
    Personal<std::string, field::SessionsPlatform> platform;
    Personal<Timestamp, field::SessionsIdleExpiresAt> expires_at;
};

/// The rows of `sessions`. What a row means is in session_rules.
class PgSessionRepository {
public:
    PgSessionRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// `unauthenticated` when the password changed or the account was suspended since `checked` was read.
    Task<Result<void>> add(AccountPermit const&, Credentials const& checked, NewSession);

    /// Nothing for an unknown session, and for one of an account that is not active.
    Task<Result<std::optional<SessionRow>>> find(AccountPermit const&, SessionId);

    struct Refreshed {
        Refresh verdict;
        SessionRow row;
    };
    /// Judges and stores in one transaction. `unauthenticated` when there is nothing to refresh.
    Task<Result<Refreshed>> refresh(AccountPermit const&, Token, TokenMint const&, Timestamp now);

    /// The first use of a successor's access token. Harmless when somebody else was first.
    Task<Result<void>> first_use(AccountPermit const&, SessionId, std::uint32_t generation, Timestamp now);
    Task<Result<void>> extend(AccountPermit const&, SessionRow const&);
    Task<Result<void>> step_up(AccountPermit const&, Principal, Timestamp until);

    /// `not_found` unless it is a session of that person.
    Task<Result<void>> end(AccountPermit const&, Principal owner, SessionId);
    Task<Result<std::vector<StoredSession>>> list(AccountPermit const&, SessionQuery const&, Timestamp now);

    /// Deletes a batch of those whose time is up, or whose account is shut.
    Task<Result<std::vector<Principal>>> sweep(AccountPermit const&, Timestamp now);

private:
    std::optional<SessionRow> lock(storage::Tx&, SessionId);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::identity
