#include "pg_staff_read_repository.hpp"

#include "pseudonym.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::audit {

namespace {

using storage::Tx;

// Staff name a person by id alone; which organisation that is, comes from here.
constexpr storage::Statement find_person{R"sql(
-- audit.find_person
SELECT organisation_id, role, state, restricted_at IS NOT NULL, (extract(epoch FROM created_at) * 1000)::bigint
  FROM users
 WHERE user_id = $1::uuid
)sql"};

constexpr storage::Statement find_staff{R"sql(
-- audit.find_staff
SELECT user_id, role
  FROM users
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND role IN ('admin', 'support') AND state = 'active'
   AND restricted_at IS NULL
)sql"};

constexpr storage::Statement find_staff_by_name{R"sql(
-- audit.find_staff_by_name
SELECT u.user_id, u.role
  FROM credentials c
  JOIN users u ON (u.organisation_id, u.user_id) = (c.organisation_id, c.user_id)
 WHERE c.organisation_id = $1::uuid AND c.username_hash = $2::bytea AND u.role IN ('admin', 'support')
   AND u.state = 'active' AND u.restricted_at IS NULL
)sql"};

constexpr storage::Statement read_profile{R"sql(
-- audit.read_profile
SELECT given_name, family_name, email FROM profiles WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

constexpr storage::Statement read_numbers{R"sql(
-- audit.read_numbers
SELECT assignment_id, number
  FROM phone_assignments
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND valid_from <= now() AND (valid_to IS NULL OR valid_to > now())
 ORDER BY assignment_id
)sql"};

constexpr storage::Statement count_sessions{R"sql(
-- audit.count_sessions
SELECT count(*)
  FROM sessions
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND idle_expires_at > now() AND absolute_expires_at > now()
)sql"};

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error no_staff{Errc::denied, "is no active administrator or support of that organisation", "as"};

}  // namespace

Result<void> PgStaffReadRepository::record(Tx& tx, UserId user, Staff const& staff, std::string const& code,
                                           Timestamp now) {
    auto actor = pseudonym(cipher_, staff.user);
    auto subject = pseudonym(cipher_, user);
    if (!actor || !subject) return absent;  // one of them was erased a moment ago
    storage::append_audit_leaf(tx, {"staff.read", ActorKind::operator_, *std::move(actor), *std::move(subject),
                                    purpose::SupportCase::name, staff.role, code, now});
    return {};
}

Result<std::vector<std::string>> PgStaffReadRepository::numbers(Tx& tx, OrganisationId organisation, UserId user) {
    std::vector<std::string> found;
    for (auto const& row : tx.exec(read_numbers, organisation.text(), user.text())) {
        auto const id = parse_uuid(storage::text_of(row[0])).value();
        auto number = cipher_.open(user, {field::PhoneAssignmentsNumber::column, id}, storage::bytes_of(row[1]));
        if (!number) return number.error();
        found.push_back(*std::move(number));
    }
    return found;
}

Result<std::optional<ShownProfile>> PgStaffReadRepository::profile(Tx& tx, OrganisationId organisation,
                                                                   UserId user) {
    auto const rows = tx.exec(read_profile, organisation.text(), user.text());
    if (rows.empty()) return std::optional<ShownProfile>{};  // the row policy hides it: restricted
    auto const open = [&](std::string_view column, int n) {
        return cipher_.open(user, {column, user.value()}, storage::bytes_of(rows[0][n]));
    };
    auto given = open(field::ProfilesGivenName::column, 0);
    auto family = open(field::ProfilesFamilyName::column, 1);
    auto email = open(field::ProfilesEmail::column, 2);
    auto phones = numbers(tx, organisation, user);
    if (!given || !family || !email || !phones) return absent;
    return std::optional{
        ShownProfile{Personal<std::string, field::ProfilesGivenName>{*std::move(given)},
                     Personal<std::string, field::ProfilesFamilyName>{*std::move(family)},
                     Personal<std::string, field::ProfilesEmail>{*std::move(email)},
                     Personal<std::vector<std::string>, field::PhoneAssignmentsNumber>{*std::move(phones)}}};
}

Result<ShownPerson> PgStaffReadRepository::show_in(Tx& tx, Account const& account, UserId user) {
    auto shown = profile(tx, account.organisation, user);
    if (!shown) return shown.error();
    auto const sessions = tx.exec(count_sessions, account.organisation.text(), user.text())[0][0];
    return ShownPerson{user,
                       account.organisation,
                       Personal<std::string, field::UsersRole>{account.role},
                       Personal<std::string, field::UsersState>{account.state},
                       Personal<bool, field::UsersRestrictedAt>{account.restricted},
                       Personal<Timestamp, field::UsersCreatedAt>{account.created_at},
                       *std::move(shown),
                       Personal<std::int64_t, field::SessionsUserId>{sessions.as<std::int64_t>()}};
}

Task<Result<ShownPerson>> PgStaffReadRepository::show(SupportPermit const& permit, UserId user,
                                                      StaffName const& as, std::string const& code,
                                                      Timestamp now) {
    co_return co_await db_.run(permit, [&, user, now](Tx& tx) -> Result<ShownPerson> {
        auto const found = tx.exec(find_person, user.text());
        if (found.empty()) return absent;
        auto const row = found[0];
        Account const account{storage::id_of<OrganisationId>(row[0]), storage::text_of(row[1]),
                              storage::text_of(row[2]), row[3].as<bool>(), storage::time_of(row[4])};
        std::string const organisation = account.organisation.text();
        auto const staff = as.id ? tx.exec(find_staff, organisation, as.id->text())
                                 : tx.exec(find_staff_by_name, organisation, storage::bytea(as.name_hash));
        if (staff.empty()) return no_staff;
        Staff const who{storage::id_of<UserId>(staff[0][0]), storage::text_of(staff[0][1])};
        // The leaf first: what cannot be recorded is not read.
        if (auto const recorded = record(tx, user, who, code, now); !recorded) return recorded.error();
        return show_in(tx, account, user);
    });
}

}  // namespace samtal::audit
