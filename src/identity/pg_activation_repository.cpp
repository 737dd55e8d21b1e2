#include "pg_activation_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::identity {

using storage::bytea;
using storage::ms;
using storage::Statement;
using storage::Tx;

namespace {

constexpr Error no_such_code{Errc::not_found, "this code is unknown, used or expired"};
constexpr Error name_taken{Errc::conflict, "this user name is taken", "username", "username-taken"};

constexpr Statement find_invitation{R"sql(
-- identity.find_invitation
SELECT 1
  FROM invitations i
  JOIN users u USING (organisation_id, user_id)
 WHERE i.code_hash = $1::bytea AND i.used_at IS NULL AND i.expires_at > to_timestamp($2::bigint / 1000.0)
   AND u.state = 'invited'
)sql"};

// The row lock makes one of many parallel uses the first, and the others find it used.
constexpr Statement use_invitation{R"sql(
-- identity.use_invitation
UPDATE invitations SET used_at = to_timestamp($2::bigint / 1000.0)
 WHERE code_hash = $1::bytea AND used_at IS NULL AND expires_at > to_timestamp($2::bigint / 1000.0)
RETURNING organisation_id, user_id
)sql"};

constexpr Statement activate_user{R"sql(
-- identity.activate_user
UPDATE users SET state = 'active'
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND state = 'invited'
RETURNING user_id
)sql"};

constexpr Statement add_credentials{R"sql(
-- identity.add_credentials
INSERT INTO credentials (organisation_id, user_id, username_hash, username, password_hash)
VALUES ($1::uuid, $2::uuid, $3::bytea, $4::bytea, $5::bytea)
ON CONFLICT (username_hash) DO NOTHING
RETURNING user_id
)sql"};

constexpr Statement add_acknowledgement{R"sql(
-- identity.add_acknowledgement
INSERT INTO acknowledgements (organisation_id, user_id, notice_version) VALUES ($1::uuid, $2::uuid, $3)
)sql"};

constexpr Statement find_exact_credentials{R"sql(
-- identity.find_exact_credentials
SELECT user_id FROM credentials WHERE username_hash = $1::bytea AND password_hash = $2::bytea
)sql"};

}  // namespace

Task<Result<void>> PgActivationRepository::check(AccountPermit const& permit, std::string code_hash,
                                                 Timestamp now) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<void> {
        if (tx.exec(find_invitation, bytea(code_hash), ms(now)).empty()) return no_such_code;
        return {};
    });
}

Result<PgActivationRepository::Sealed> PgActivationRepository::seal(UserId user, AccountPermit const& permit,
                                                                    NewAccount const& a) {
    auto name = cipher_.seal(user, {field::CredentialsUsername::column, user.value()}, a.shown_name.open(permit));
    if (!name) return no_such_code;  // erased between invitation and now
    auto hash = cipher_.seal(user, {field::CredentialsPasswordHash::column, user.value()}, a.password_hash);
    if (!hash) return no_such_code;
    return Sealed{*std::move(name), *std::move(hash)};
}

Task<Result<UserId>> PgActivationRepository::activate(AccountPermit const& permit, NewAccount a) {
    std::optional<Sealed> sealed;
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<UserId> {
        // When the body runs again after a commit in doubt, the code may have been used by this very activation.
        // Its ciphertext, with a nonce of its own, tells.
        if (sealed)
            if (auto const mine =
                    tx.exec(find_exact_credentials, bytea(a.name_hash), bytea(sealed->password_hash));
                !mine.empty())
                return storage::id_of<UserId>(mine[0][0]);
        auto const used = tx.exec(use_invitation, bytea(a.code_hash), ms(a.now));
        if (used.empty()) return no_such_code;
        auto const user = storage::id_of<UserId>(used[0]["user_id"]);
        std::string const organisation = storage::text_of(used[0]["organisation_id"]);
        if (tx.exec(activate_user, organisation, user.text()).empty()) return no_such_code;
        auto made = seal(user, permit, a);
        if (!made) return made.error();
        sealed = *std::move(made);
        if (tx.exec(add_credentials, organisation, user.text(), bytea(a.name_hash), bytea(sealed->username),
                    bytea(sealed->password_hash))
                .empty())
            return name_taken;
        tx.exec(add_acknowledgement, organisation, user.text(), a.notice_version);
        for (consent::Act const& choice : a.choices)
            if (auto const entered = ledger_.append(tx, permit.kind(), storage::id_of<OrganisationId>(used[0][0]),
                                                    user, choice, a.now);
                !entered)
                return entered.error();
        return user;
    });
}

}  // namespace samtal::identity
