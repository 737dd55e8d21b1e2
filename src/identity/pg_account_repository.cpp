#include "pg_account_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::identity {

using storage::bytea;
using storage::ms;
using storage::Statement;
using storage::Tx;

namespace {

constexpr Error no_such_account{Errc::not_found, "no such thing"};
constexpr Error no_such_code{Errc::not_found, "this code is unknown, used or expired"};
constexpr Error changed_meanwhile{Errc::conflict, "the password was changed meanwhile"};

constexpr Statement find_by_name{R"sql(
-- identity.find_by_name
SELECT c.organisation_id, c.user_id, c.username_hash, c.username, c.password_hash, u.state = 'active' AS active
  FROM credentials c
  JOIN users u USING (organisation_id, user_id)
 WHERE c.username_hash = $1::bytea
)sql"};

constexpr Statement find_by_user{R"sql(
-- identity.find_by_user
SELECT c.organisation_id, c.user_id, c.username_hash, c.username, c.password_hash, u.state = 'active' AS active
  FROM credentials c
  JOIN users u USING (organisation_id, user_id)
 WHERE c.organisation_id = $1::uuid AND c.user_id = $2::uuid
)sql"};

constexpr Statement replace_password{R"sql(
-- identity.replace_password
UPDATE credentials SET password_hash = $4::bytea
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND password_hash IN ($3::bytea, $4::bytea)
RETURNING user_id
)sql"};

constexpr Statement lock_credentials{R"sql(
-- identity.lock_credentials
SELECT password_hash FROM credentials
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid
   FOR NO KEY UPDATE
)sql"};

constexpr Statement set_password{R"sql(
-- identity.set_password
UPDATE credentials SET password_hash = $3::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

constexpr Statement end_other_sessions{R"sql(
-- identity.end_other_sessions
DELETE FROM sessions
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND session_id <> $3::uuid
RETURNING session_id
)sql"};

constexpr Statement find_mail_address{R"sql(
-- identity.find_mail_address
SELECT email FROM profiles WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

constexpr Statement add_link{R"sql(
-- identity.add_link
INSERT INTO mail_links (organisation_id, link_id, user_id, kind, code_hash, expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, 'password_reset', $4::bytea, to_timestamp($5::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

constexpr Statement find_by_link{R"sql(
-- identity.find_by_link
SELECT c.organisation_id, c.user_id, c.username_hash, c.username, c.password_hash, u.state = 'active' AS active
  FROM mail_links l
  JOIN credentials c USING (organisation_id, user_id)
  JOIN users u USING (organisation_id, user_id)
 WHERE l.code_hash = $1::bytea AND l.kind = 'password_reset' AND l.used_at IS NULL
   AND l.expires_at > to_timestamp($2::bigint / 1000.0) AND u.state = 'active'
)sql"};

constexpr Statement use_link{R"sql(
-- identity.use_link
UPDATE mail_links SET used_at = to_timestamp($4::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND code_hash = $3::bytea AND kind = 'password_reset'
   AND used_at IS NULL AND expires_at > to_timestamp($4::bigint / 1000.0)
RETURNING link_id
)sql"};

constexpr Statement use_other_links{R"sql(
-- identity.use_other_links
UPDATE mail_links SET used_at = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND used_at IS NULL
)sql"};

constexpr Statement delete_old_links{R"sql(
-- identity.delete_old_links
DELETE FROM mail_links WHERE expires_at < to_timestamp($1::bigint / 1000.0)
)sql"};

constexpr Statement find_account{R"sql(
-- identity.find_account
SELECT u.user_id, u.organisation_id, u.role, u.restricted_at IS NOT NULL AS restricted,
       (extract(epoch FROM u.created_at) * 1000)::bigint AS created_at, c.username, o.name, o.brand
  FROM users u
  JOIN credentials c USING (organisation_id, user_id)
  JOIN organisations o USING (organisation_id)
 WHERE u.organisation_id = $1::uuid AND u.user_id = $2::uuid
)sql"};

storage::Cell name_cell(UserId user) {
    return {field::CredentialsUsername::column, user.value()};
}
storage::Cell hash_cell(UserId user) {
    return {field::CredentialsPasswordHash::column, user.value()};
}

std::vector<SessionId> sessions_of(pqxx::result const& rows) {
    std::vector<SessionId> sessions;
    for (auto const& row : rows) sessions.push_back(storage::id_of<SessionId>(row[0]));
    return sessions;
}

/// A body may run again after a commit whose answer was lost, and then finds no session left: what the first run
/// ended stays on the list.
void append(std::vector<SessionId>& all, std::vector<SessionId> const& more) {
    all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Result<Credentials> PgAccountRepository::first(AccountPermit const&, pqxx::result const& rows) {
    if (rows.empty()) return no_such_account;
    auto const row = rows[0];
    auto const user = storage::id_of<UserId>(row["user_id"]);
    std::string sealed = storage::bytes_of(row["password_hash"]);
    auto hash = cipher_.open(user, hash_cell(user), sealed);
    if (!hash) return hash.error();
    auto name = cipher_.open(user, name_cell(user), storage::bytes_of(row["username"]));
    if (!name) return name.error();
    return Credentials{storage::id_of<OrganisationId>(row["organisation_id"]),
                       user,
                       row["active"].as<bool>(),
                       NameHash{storage::bytes_of(row["username_hash"])},
                       Username{*std::move(name)},
                       Argon2Hash{*std::move(hash)},
                       std::move(sealed)};
}

Result<std::string> PgAccountRepository::sealed_hash(UserId user, std::string const& password_hash) {
    return cipher_.seal(user, hash_cell(user), password_hash);
}

Task<Result<Credentials>> PgAccountRepository::by_name(AccountPermit const& permit, std::string name_hash) {
    co_return co_await db_.read(permit,
                                [&](Tx& tx) { return first(permit, tx.exec(find_by_name, bytea(name_hash))); });
}

Task<Result<Credentials>> PgAccountRepository::by_user(AccountPermit const& permit, Principal who) {
    co_return co_await db_.read(permit, [&](Tx& tx) {
        return first(permit, tx.exec(find_by_user, who.organisation.text(), who.user.text()));
    });
}

Task<Result<Credentials>> PgAccountRepository::by_reset_link(AccountPermit const& permit, std::string code_hash,
                                                             Timestamp now) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Credentials> {
        auto const rows = tx.exec(find_by_link, bytea(code_hash), ms(now));
        if (rows.empty()) return no_such_code;
        return first(permit, rows);
    });
}

Task<Result<void>> PgAccountRepository::rehash(AccountPermit const& permit, Credentials const& c,
                                               std::string password_hash) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const sealed = sealed_hash(c.user, password_hash);
        if (!sealed) return sealed.error();
        auto const done =
            tx.exec(replace_password, c.organisation.text(), c.user.text(), bytea(c.sealed_hash), bytea(*sealed));
        if (done.empty()) return changed_meanwhile;
        return {};
    });
}

Task<Result<std::vector<SessionId>>> PgAccountRepository::change_password(AccountPermit const& permit,
                                                                          Credentials const& c,
                                                                          std::string password_hash,
                                                                          SessionId keep, Timestamp now) {
    std::vector<SessionId> ended;
    std::optional<std::string> sealed;
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::vector<SessionId>> {
        if (!sealed) {
            auto made = sealed_hash(c.user, password_hash);
            if (!made) return made.error();
            sealed = *std::move(made);
        }
        if (tx.exec(replace_password, c.organisation.text(), c.user.text(), bytea(c.sealed_hash), bytea(*sealed))
                .empty())
            return changed_meanwhile;
        tx.exec(use_other_links, c.organisation.text(), c.user.text(), ms(now));
        append(ended, sessions_of(tx.exec(end_other_sessions, c.organisation.text(), c.user.text(), keep.text())));
        return ended;
    });
}

Task<Result<MailAddress>> PgAccountRepository::mail_address(AccountPermit const& permit, Credentials const& c) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<MailAddress> {
        auto const rows = tx.exec(find_mail_address, c.organisation.text(), c.user.text());
        if (rows.empty()) return no_such_account;
        auto address =
            cipher_.open(c.user, {field::ProfilesEmail::column, c.user.value()}, storage::bytes_of(rows[0][0]));
        if (!address) return address.error();
        return MailAddress{*std::move(address)};
    });
}

Task<Result<void>> PgAccountRepository::add_reset_link(AccountPermit const& permit, Credentials const& c,
                                                       std::string code_hash, Timestamp now,
                                                       Timestamp expires_at) {
    std::string const link = uuid_text(uuid_v7(now));
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(add_link, c.organisation.text(), link, c.user.text(), bytea(code_hash), ms(expires_at));
        return {};
    });
}

Task<Result<std::vector<SessionId>>> PgAccountRepository::reset_password(AccountPermit const& permit,
                                                                         Credentials const& c,
                                                                         std::string code_hash,
                                                                         std::string password_hash,
                                                                         Timestamp now) {
    std::vector<SessionId> ended;
    std::optional<std::string> sealed;
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::vector<SessionId>> {
        std::string const organisation = c.organisation.text();
        std::string const user = c.user.text();
        // First the person, so that two links of one person never wait for each other in a circle.
        auto const current = tx.exec(lock_credentials, organisation, user);
        if (current.empty()) return no_such_code;
        if (sealed && storage::bytes_of(current[0][0]) == *sealed) return ended;  // an earlier run was committed
        if (tx.exec(use_link, organisation, user, bytea(code_hash), ms(now)).empty()) return no_such_code;
        auto made = sealed_hash(c.user, password_hash);
        if (!made) return no_such_code;
        sealed = *std::move(made);
        tx.exec(use_other_links, organisation, user, ms(now));
        tx.exec(set_password, organisation, user, bytea(*sealed));
        append(ended, sessions_of(tx.exec(end_other_sessions, organisation, user, SessionId::nil().text())));
        return ended;
    });
}

Task<Result<Account>> PgAccountRepository::account(AccountPermit const& permit) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Account> {
        auto const rows = tx.exec(find_account, permit.organisation().text(), permit.actor().text());
        if (rows.empty()) return no_such_account;
        auto const row = rows[0];
        auto name = cipher_.open(permit.actor(), name_cell(permit.actor()), storage::bytes_of(row["username"]));
        if (!name) return name.error();
        return Account{permit.actor(),
                       permit.organisation(),
                       storage::text_of(row["name"]),
                       storage::text_of(row["brand"]),
                       Username{*std::move(name)},
                       Personal<std::string, field::UsersRole>{storage::text_of(row["role"])},
                       Personal<bool, field::UsersRestrictedAt>{row["restricted"].as<bool>()},
                       Personal<Timestamp, field::UsersCreatedAt>{storage::time_of(row["created_at"])}};
    });
}

Task<Result<void>> PgAccountRepository::sweep_links(AccountPermit const& permit, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(delete_old_links, ms(now));
        return {};
    });
}

}  // namespace samtal::identity
