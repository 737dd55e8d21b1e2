#pragma once

#include "samtal/consent/ledger.hpp"
#include "samtal/identity/identity.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::identity {

/// What an activation stores.
struct NewAccount {
    std::string code_hash;
    std::string name_hash;
    Username shown_name;
    std::string password_hash;
    std::string notice_version;
    std::vector<consent::Act> choices;
    Timestamp now;
};

/// An invited person becomes a user: one transaction over credentials, state, acknowledgement and consents.
class PgActivationRepository {
public:
    PgActivationRepository(storage::Database& db, storage::ColumnCipher& cipher, consent::Ledger& ledger)
        : db_{db}, cipher_{cipher}, ledger_{ledger} {}

    /// `not_found` unless somebody can be activated by it now.
    Task<Result<void>> check(AccountPermit const&, std::string code_hash, Timestamp now);
    /// All of it or nothing. `not_found`: the code; `conflict`: "username-taken".
    Task<Result<UserId>> activate(AccountPermit const&, NewAccount);

private:
    struct Sealed {
        std::string username;
        std::string password_hash;
    };
    Result<Sealed> seal(UserId, AccountPermit const&, NewAccount const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    consent::Ledger& ledger_;
};

}  // namespace samtal::identity
