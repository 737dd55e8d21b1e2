#include "pg_profile_repository.hpp"

#include "samtal/directory/profile_values.hpp"
#include "samtal/storage/values.hpp"

#include <utility>

namespace samtal::directory {

namespace {

constexpr Error no_such_person{Errc::not_found, "no such thing"};

// Many people at once, as they were asked for. Assigned numbers come along as "id:hex,id:hex": each is sealed
// under the id of its assignment.
constexpr storage::Statement find_profiles{R"sql(
-- directory.find_profiles
SELECT p.user_id, p.given_name, p.family_name, p.email, p.contact_numbers, array_to_string(p.private_fields, ','),
       (SELECT string_agg(a.assignment_id || ':' || encode(a.number, 'hex'), ',' ORDER BY a.assignment_id)
          FROM phone_assignments a
         WHERE (a.organisation_id, a.user_id) = (p.organisation_id, p.user_id)
           AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())),
       i.n, p.shows_calls
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS i (organisation_id, user_id, n)
  JOIN profiles p ON (p.organisation_id, p.user_id) = (i.organisation_id, i.user_id)
  JOIN users u ON (u.organisation_id, u.user_id) = (i.organisation_id, i.user_id) AND u.state = 'active'
)sql"};

constexpr storage::Statement all_profiles{R"sql(
-- directory.all_profiles
SELECT p.user_id, p.given_name, p.family_name, p.email, p.contact_numbers, array_to_string(p.private_fields, ','),
       (SELECT string_agg(a.assignment_id || ':' || encode(a.number, 'hex'), ',' ORDER BY a.assignment_id)
          FROM phone_assignments a
         WHERE (a.organisation_id, a.user_id) = (p.organisation_id, p.user_id)
           AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())),
       NULL, p.shows_calls
  FROM profiles p
  JOIN users u ON (u.organisation_id, u.user_id) = (p.organisation_id, p.user_id)
 WHERE p.organisation_id = $1 AND u.state = 'active'
)sql"};

constexpr storage::Statement read_version{R"sql(
-- directory.read_version
SELECT version FROM directory_versions WHERE organisation_id = $1
)sql"};

// Absent parameters (null) leave their column. $6 and $7: what becomes private and what becomes visible.
constexpr storage::Statement change_profile{R"sql(
-- directory.change_profile
UPDATE profiles
   SET given_name = coalesce($3::bytea, given_name), family_name = coalesce($4::bytea, family_name),
       contact_numbers = coalesce($5::bytea, contact_numbers),
       private_fields = ARRAY(SELECT unnest(private_fields) UNION SELECT unnest($6::text[])
                              EXCEPT SELECT unnest($7::text[])),
       shows_calls = coalesce($8::boolean, shows_calls)
 WHERE organisation_id = $1 AND user_id = $2
)sql"};

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        std::string_view const part = text.substr(0, text.find(at));
        parts.emplace_back(part);
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return parts;
}

/// A bytea as string_agg's encode() gives it, without the "\x" of a column.
std::string from_hex(std::string_view hex) {
    auto const value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(value(hex[i]) * 16 + value(hex[i + 1])));
    return bytes;
}

}  // namespace

Result<std::vector<std::string>> PgProfileRepository::numbers_of(UserId user, pqxx::field const& assigned) {
    std::vector<std::string> numbers;
    if (assigned.is_null()) return numbers;
    constexpr std::size_t uuid_size = 36;
    for (std::string const& one : split(storage::text_of(assigned), ',')) {
        auto const id = parse_uuid(std::string_view{one}.substr(0, uuid_size)).value();
        auto number = cipher_.open(user, {field::PhoneAssignmentsNumber::column, id},
                                   from_hex(std::string_view{one}.substr(uuid_size + 1)));
        if (!number) return number.error();
        numbers.push_back(*std::move(number));
    }
    return numbers;
}

Result<Profile> PgProfileRepository::profile_of(pqxx::row const& row) {
    auto const user = storage::id_of<UserId>(row[0]);
    auto const open = [&](std::string_view column, pqxx::field const& sealed) -> Result<std::string> {
        if (sealed.is_null()) return std::string{};
        return cipher_.open(user, {column, user.value()}, storage::bytes_of(sealed));
    };
    auto given_name = open(field::ProfilesGivenName::column, row[1]);
    auto family_name = open(field::ProfilesFamilyName::column, row[2]);
    auto email = open(field::ProfilesEmail::column, row[3]);
    auto contact = open(field::ProfilesContactNumbers::column, row[4]);
    auto assigned = numbers_of(user, row[6]);
    // One of them cannot be opened: the person was erased a moment ago.
    if (!given_name || !family_name || !email || !contact || !assigned) return no_such_person;
    Profile profile{user,
                    GivenName{*std::move(given_name)},
                    FamilyName{*std::move(family_name)},
                    Email{*std::move(email)},
                    PhoneNumbers{*std::move(assigned)},
                    ContactNumbers{decode_numbers(*contact)},
                    {},
                    ShowsCalls{row[8].as<bool>()}};
    for (auto& hidden : split(storage::text_of(row[5]), ',')) profile.private_fields.insert(std::move(hidden));
    return profile;
}

Task<void> PgProfileRepository::find(std::span<Wanted> group) {
    auto const outcome = co_await db_.read(*group.front().permit, [&](storage::Tx& tx) -> Result<void> {
        storage::ArrayLiteral organisations;
        storage::ArrayLiteral users;
        for (Wanted& wanted : group) {
            wanted.found = no_such_person;
            organisations.add(wanted.permit->organisation().text());
            users.add(wanted.user.text());
        }
        for (auto const& row : tx.exec(find_profiles, organisations.text(), users.text()))
            group[row[7].as<std::size_t>() - 1].found = profile_of(row);
        return {};
    });
    if (outcome) co_return;
    for (Wanted& wanted : group) wanted.found = outcome.error();
}

Task<Result<std::int64_t>> PgProfileRepository::version(ProfilePermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::int64_t> {
        auto const rows = tx.exec(read_version, permit.organisation().text());
        return rows.empty() ? std::int64_t{0} : rows[0][0].as<std::int64_t>();
    });
}

Task<Result<std::vector<Profile>>> PgProfileRepository::all(ProfilePermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Profile>> {
        std::vector<Profile> people;
        for (auto const& row : tx.exec(all_profiles, permit.organisation().text()))
            if (auto profile = profile_of(row)) people.push_back(*std::move(profile));
        return people;
    });
}

Task<Result<void>> PgProfileRepository::change(ProfilePermit const& permit, ProfileChange const& change) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const seal = [&](std::string_view column, std::optional<std::string> const& plain) {
            std::optional<std::string> sealed;
            if (plain)
                sealed =
                    storage::bytea(cipher_.seal(permit.actor(), {column, permit.actor().value()}, *plain).value());
            return sealed;
        };
        auto const given = seal(field::ProfilesGivenName::column,
                                change.given_name ? std::optional{change.given_name->open(permit)} : std::nullopt);
        auto const family =
            seal(field::ProfilesFamilyName::column,
                 change.family_name ? std::optional{change.family_name->open(permit)} : std::nullopt);
        auto const contact =
            seal(field::ProfilesContactNumbers::column,
                 change.contact_numbers ? std::optional{encode_numbers(change.contact_numbers->open(permit))}
                                        : std::nullopt);
        storage::ArrayLiteral hide;
        storage::ArrayLiteral show;
        for (auto const& [name, hidden] : change.hidden) (hidden ? hide : show).add_text(name);
        std::optional<std::string> shows;
        if (change.shows_calls) shows = change.shows_calls->open(permit) ? "true" : "false";
        auto const nullable = [](std::optional<std::string> const& s) { return s ? s->c_str() : nullptr; };
        tx.exec(change_profile, permit.organisation().text(), permit.actor().text(), nullable(given),
                nullable(family), nullable(contact), hide.text(), show.text(), nullable(shows));
        return {};
    });
}

}  // namespace samtal::directory
