#pragma once

#include "pg_account_repository.hpp"

#include <string>

namespace samtal::identity {

/// A new mail address waits in its mailed link, sealed, until the link is opened. Times are the caller's.
class PgEmailChangeRepository {
public:
    PgEmailChangeRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// Of the permit's actor. Earlier changes that still wait can no longer be confirmed.
    Task<Result<boost::uuids::uuid>> add(AccountPermit const&, MailAddress const&, std::string code_hash,
                                         Timestamp now, Timestamp expires_at);
    /// Uses the link up, and all others of that person; sets the address; answers the one before. `not_found`
    /// unless the link can be used now; `denied` while the account is restricted.
    Task<Result<MailAddress>> confirm(AccountPermit const&, std::string code_hash, Timestamp now);

private:
    struct Pending {
        std::string organisation;
        UserId user;
        MailAddress address;
    };
    Result<Pending> pending(storage::Tx&, std::string const& code_hash);
    /// The address as stored.
    Result<std::string> replace(storage::Tx&, AccountPermit const&, Pending const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::identity
