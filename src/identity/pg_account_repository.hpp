#pragma once

#include "samtal/identity/identity.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <string>
#include <vector>

namespace samtal::identity {

using Argon2Hash = Personal<std::string, field::CredentialsPasswordHash>;
using NameHash = Personal<std::string, field::CredentialsUsernameHash>;

/// How somebody signs in.
struct Credentials {
    OrganisationId organisation;
    UserId user;
    bool active;
    NameHash name_hash;
    Username username;
    Argon2Hash hash;
    std::string sealed_hash;  // as stored: what an update says it replaces
};

/// Credentials and mailed links. Times are the caller's, so that tests can set them.
class PgAccountRepository {
public:
    PgAccountRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// `not_found` for an unknown name, and for somebody who was erased.
    Task<Result<Credentials>> by_name(AccountPermit const&, std::string name_hash);
    Task<Result<Credentials>> by_user(AccountPermit const&, Principal);

    /// Only over the hash that the caller checked. `conflict` when it changed meanwhile.
    Task<Result<void>> rehash(AccountPermit const&, Credentials const&, std::string password_hash);
    /// The same, and ends the person's sessions but `keep`, and all mailed links. Answers the sessions that ended.
    Task<Result<std::vector<SessionId>>> change_password(AccountPermit const&, Credentials const&,
                                                         std::string password_hash, SessionId keep, Timestamp now);

    Task<Result<MailAddress>> mail_address(AccountPermit const&, Credentials const&);
    Task<Result<void>> add_reset_link(AccountPermit const&, Credentials const&, std::string code_hash,
                                      Timestamp now, Timestamp expires_at);
    /// Whose reset link this is. `not_found` unless it can be used now.
    Task<Result<Credentials>> by_reset_link(AccountPermit const&, std::string code_hash, Timestamp now);
    /// Uses the link up, and the person's others of any kind; sets the password; ends all sessions and answers
    /// them.
    Task<Result<std::vector<SessionId>>> reset_password(AccountPermit const&, Credentials const&,
                                                        std::string code_hash, std::string password_hash,
                                                        Timestamp now);

    Task<Result<Account>> account(AccountPermit const&);
    Task<Result<void>> sweep_links(AccountPermit const&, Timestamp now);

private:
    Result<Credentials> first(AccountPermit const&, pqxx::result const&);
    Result<std::string> sealed_hash(UserId, std::string const& password_hash);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::identity
