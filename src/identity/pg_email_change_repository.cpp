#include "pg_email_change_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <optional>

namespace samtal::identity {

using storage::bytea;
using storage::ms;
using storage::Statement;
using storage::Tx;

namespace {

constexpr Error no_such_code{Errc::not_found, "this code is unknown, used or expired"};
constexpr Error no_such_account{Errc::not_found, "no such thing"};

// As a password reset locks them, so that two links of one person never wait for each other in a circle.
constexpr Statement lock_person{R"sql(
-- identity.lock_person
SELECT user_id FROM credentials
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid
   FOR NO KEY UPDATE
)sql"};

constexpr Statement use_earlier_changes{R"sql(
-- identity.use_earlier_changes
UPDATE mail_links SET used_at = to_timestamp($4::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND link_id <> $3::uuid AND kind = 'email_change'
   AND used_at IS NULL
)sql"};

constexpr Statement add_change{R"sql(
-- identity.add_change
INSERT INTO mail_links (organisation_id, link_id, user_id, kind, code_hash, new_email, expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, 'email_change', $4::bytea, $5::bytea, to_timestamp($6::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

constexpr Statement find_change{R"sql(
-- identity.find_change
SELECT l.organisation_id, l.user_id, l.link_id, l.new_email, u.restricted_at IS NOT NULL AS restricted
  FROM mail_links l
  JOIN users u USING (organisation_id, user_id)
 WHERE l.code_hash = $1::bytea AND l.kind = 'email_change' AND u.state = 'active'
)sql"};

constexpr Statement use_change{R"sql(
-- identity.use_change
UPDATE mail_links SET used_at = to_timestamp($4::bigint / 1000.0), confirmed = true
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND code_hash = $3::bytea AND kind = 'email_change'
   AND used_at IS NULL AND expires_at > to_timestamp($4::bigint / 1000.0)
RETURNING link_id
)sql"};

constexpr Statement use_links_of_person{R"sql(
-- identity.use_links_of_person
UPDATE mail_links SET used_at = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND used_at IS NULL
)sql"};

constexpr Statement find_address{R"sql(
-- identity.find_address
SELECT email FROM profiles WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

constexpr Statement set_address{R"sql(
-- identity.set_address
UPDATE profiles SET email = $3::bytea WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

storage::Cell address_cell(UserId user) {
    return {field::ProfilesEmail::column, user.value()};
}

}  // namespace

Task<Result<boost::uuids::uuid>> PgEmailChangeRepository::add(AccountPermit const& permit,
                                                              MailAddress const& address, std::string code_hash,
                                                              Timestamp now, Timestamp expires_at) {
    auto const link = uuid_v7(now);
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<boost::uuids::uuid> {
        std::string const organisation = permit.organisation().text();
        std::string const user = permit.actor().text();
        if (tx.exec(lock_person, organisation, user).empty()) return no_such_account;
        auto const sealed =
            cipher_.seal(permit.actor(), {field::MailLinksNewEmail::column, link}, address.open(permit));
        if (!sealed) return sealed.error();
        tx.exec(use_earlier_changes, organisation, user, uuid_text(link), ms(now));
        tx.exec(add_change, organisation, uuid_text(link), user, bytea(code_hash), bytea(*sealed), ms(expires_at));
        return link;
    });
}

Result<PgEmailChangeRepository::Pending> PgEmailChangeRepository::pending(Tx& tx, std::string const& code_hash) {
    auto const rows = tx.exec(find_change, bytea(code_hash));
    if (rows.empty()) return no_such_code;
    auto const row = rows[0];
    if (row["restricted"].as<bool>()) return processing_restricted;
    auto const user = storage::id_of<UserId>(row["user_id"]);
    auto const link = parse_uuid(storage::text_of(row["link_id"])).value();
    auto address =
        cipher_.open(user, {field::MailLinksNewEmail::column, link}, storage::bytes_of(row["new_email"]));
    if (!address) return no_such_code;  // the person was erased a moment ago
    return Pending{storage::text_of(row["organisation_id"]), user, MailAddress{*std::move(address)}};
}

Result<std::string> PgEmailChangeRepository::replace(Tx& tx, AccountPermit const& permit, Pending const& change) {
    auto sealed = cipher_.seal(change.user, address_cell(change.user), change.address.open(permit));
    if (!sealed) return no_such_code;
    tx.exec(set_address, change.organisation, change.user.text(), bytea(*sealed));
    return sealed;
}

Task<Result<MailAddress>> PgEmailChangeRepository::confirm(AccountPermit const& permit, std::string code_hash,
                                                           Timestamp now) {
    std::optional<MailAddress> before;
    std::string stored;
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<MailAddress> {
        auto const change = pending(tx, code_hash);
        if (!change) return change.error();
        std::string const user = change->user.text();
        if (tx.exec(lock_person, change->organisation, user).empty()) return no_such_code;
        auto const rows = tx.exec(find_address, change->organisation, user);
        if (rows.empty()) return no_such_code;
        std::string const current = storage::bytes_of(rows[0][0]);
        if (before && current == stored) return *before;  // an earlier run was committed
        if (tx.exec(use_change, change->organisation, user, bytea(code_hash), ms(now)).empty())
            return no_such_code;
        auto old = cipher_.open(change->user, address_cell(change->user), current);
        if (!old) return no_such_code;
        // What was mailed to the address before works no more, either.
        tx.exec(use_links_of_person, change->organisation, user, ms(now));
        auto sealed = replace(tx, permit, *change);
        if (!sealed) return sealed.error();
        stored = *std::move(sealed);
        before = MailAddress{*std::move(old)};
        return *before;
    });
}

}  // namespace samtal::identity
