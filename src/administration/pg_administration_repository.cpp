#include "pg_administration_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::administration {

namespace {

constexpr storage::Statement insert_organisation{R"sql(
-- administration.insert_organisation
INSERT INTO organisations (organisation_id, brand, name) VALUES ($1::uuid, $2::text, $3::text)
    ON CONFLICT (organisation_id) DO NOTHING
)sql"};

constexpr storage::Statement find_organisation{R"sql(
-- administration.find_organisation
SELECT organisation_id FROM organisations WHERE organisation_id = $1::uuid
)sql"};

constexpr storage::Statement insert_user{R"sql(
-- administration.insert_user
INSERT INTO users (organisation_id, user_id, role) VALUES ($1::uuid, $2::uuid, $3::text)
    ON CONFLICT (organisation_id, user_id) DO NOTHING
RETURNING user_id
)sql"};

constexpr storage::Statement insert_profile{R"sql(
-- administration.insert_profile
INSERT INTO profiles (organisation_id, user_id, given_name, family_name, email)
VALUES ($1::uuid, $2::uuid, $3::bytea, $4::bytea, $5::bytea)
)sql"};

constexpr storage::Statement insert_invitation{R"sql(
-- administration.insert_invitation
INSERT INTO invitations (organisation_id, user_id, code_hash, expires_at)
VALUES ($1::uuid, $2::uuid, $3::bytea, to_timestamp($4::bigint / 1000.0))
)sql"};

constexpr storage::Statement insert_assignment{R"sql(
-- administration.insert_assignment
INSERT INTO phone_assignments (organisation_id, assignment_id, user_id, number_hash, number, valid_from)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::bytea, to_timestamp($6::bigint / 1000.0))
)sql"};

// An operator names a person by id alone; which organisation that is, comes from here.
constexpr storage::Statement find_user{R"sql(
-- administration.find_user
SELECT organisation_id FROM users WHERE user_id = $1::uuid
)sql"};

constexpr storage::Statement find_assignment{R"sql(
-- administration.find_assignment
SELECT assignment_id, valid_from < to_timestamp($4::bigint / 1000.0)
  FROM phone_assignments
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND number_hash = $3::bytea
   AND (valid_to IS NULL OR valid_to >= to_timestamp($4::bigint / 1000.0))
 ORDER BY valid_from
 LIMIT 1
   FOR NO KEY UPDATE
)sql"};

constexpr storage::Statement end_assignment{R"sql(
-- administration.end_assignment
UPDATE phone_assignments SET valid_to = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND assignment_id = $2::uuid
)sql"};

constexpr storage::Statement set_user_state{R"sql(
-- administration.set_user_state
UPDATE users SET state = $3::text WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND state IN ('active', 'suspended')
RETURNING user_id
)sql"};

constexpr storage::Statement end_sessions{R"sql(
-- administration.end_sessions
DELETE FROM sessions WHERE organisation_id = $1::uuid AND user_id = $2::uuid
)sql"};

// In the order of choosable_periods; null: as it was.
constexpr storage::Statement set_chosen_periods{R"sql(
-- administration.set_chosen_periods
UPDATE organisations
   SET chat_retention = CASE WHEN $2::text IS NULL THEN chat_retention ELSE nullif($2, 'register')::interval END,
       calls_masked_after = CASE WHEN $3::text IS NULL THEN calls_masked_after ELSE nullif($3, 'register')::interval END,
       calls_token_after = CASE WHEN $4::text IS NULL THEN calls_token_after ELSE nullif($4, 'register')::interval END,
       calls_kept = CASE WHEN $5::text IS NULL THEN calls_kept ELSE nullif($5, 'register')::interval END,
       call_counters_kept = CASE WHEN $6::text IS NULL THEN call_counters_kept ELSE nullif($6, 'register')::interval END
 WHERE organisation_id = $1::uuid
RETURNING organisation_id
)sql"};

constexpr storage::Statement insert_switch{R"sql(
-- administration.insert_switch
INSERT INTO switches (organisation_id, switch_id, name, token_hash, time_zone, country_code, short_prefix, short_digits)
VALUES ($1::uuid, $2::uuid, $3::text, $4::bytea, $5::text, $6::text, $7::text, nullif($8::smallint, 0))
)sql"};

/// What administrators do is a leaf of the audit trail. `subject`: a pseudonym, or empty for what is about nobody.
void record(storage::Tx& tx, Literal act, std::string subject, std::string reference) {
    storage::append_audit_leaf(tx, {act, ActorKind::operator_, "", std::move(subject),
                                    purpose::ResellerService::name, std::move(reference), "", system_now()});
}

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error number_taken{Errc::conflict, "the number is somebody's at that time", "phone", "number-taken"};
constexpr std::string_view unique_violation = "23505";
constexpr std::string_view exclusion_violation = "23P01";

std::optional<OrganisationId> organisation_of(storage::Tx& tx, UserId user) {
    auto const found = tx.exec(find_user, user.text());
    if (found.empty()) return std::nullopt;
    return storage::id_of<OrganisationId>(found[0][0]);
}

}  // namespace

Task<Result<void>> PgAdministrationRepository::create(OperatorPermit const& permit, OrganisationId id,
                                                      NewOrganisation const& wanted) {
    co_return co_await parts_.db.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const inserted = tx.exec(insert_organisation, id.text(), wanted.brand, wanted.name);
        if (inserted.affected_rows() > 0) record(tx, "organisation.created", "", id.text());
        return {};
    });
}

Task<Result<void>> PgAdministrationRepository::invite(OperatorPermit const& permit, UserId user,
                                                      Invitation const& who, std::string const& code_hash,
                                                      Timestamp phone_since, Timestamp code_expires) {
    boost::uuids::uuid const assignment = uuid_v7(std::chrono::system_clock::now());
    auto const body = [&](storage::Tx& tx) -> Result<void> {
        std::string const organisation = who.organisation.text();
        if (tx.exec(find_organisation, organisation).empty()) return absent;
        if (tx.exec(insert_user, organisation, user.text(), who.role).empty())
            return {};  // the id is random: an earlier attempt, whose commit was in doubt, has succeeded
        if (auto const inserted = insert_person(tx, permit, user, who); !inserted) return inserted;
        tx.exec(insert_invitation, organisation, user.text(), storage::bytea(code_hash),
                storage::ms(code_expires));
        if (auto const recorded = record_about(tx, "user.invited", user, organisation); !recorded) return recorded;
        return assign(tx, {assignment, who.organisation, user, who.phone.open(permit), phone_since});
    };
    try {
        co_return co_await parts_.db.run(permit, body);
    } catch (storage::IntegrityViolation const& e) {
        if (e.sqlstate() != exclusion_violation) throw;
        co_return number_taken;
    }
}

Result<void> PgAdministrationRepository::insert_person(storage::Tx& tx, OperatorPermit const& permit, UserId user,
                                                       Invitation const& who) {
    if (auto const made = parts_.keys.create(user); !made) return made;
    auto const seal = [&](std::string_view column, std::string const& plain) {
        return parts_.cipher.seal(user, {column, user.value()}, plain);
    };
    auto const given = seal(field::ProfilesGivenName::column, who.given_name.open(permit));
    auto const family = seal(field::ProfilesFamilyName::column, who.family_name.open(permit));
    auto const email = seal(field::ProfilesEmail::column, who.email.open(permit));
    if (!given || !family || !email) return absent;
    tx.exec(insert_profile, who.organisation.text(), user.text(), storage::bytea(*given), storage::bytea(*family),
            storage::bytea(*email));
    return {};
}

Result<void> PgAdministrationRepository::record_about(storage::Tx& tx, Literal act, UserId user,
                                                      std::string reference) {
    auto subject = parts_.cipher.owner_hash(user, "audit", user.text());
    if (!subject) return absent;  // erased a moment ago
    record(tx, act, *std::move(subject), std::move(reference));
    return {};
}

Result<void> PgAdministrationRepository::assign(storage::Tx& tx, Assignment const& of) {
    auto const sealed = parts_.cipher.seal(of.user, {field::PhoneAssignmentsNumber::column, of.id}, of.number);
    if (!sealed) return absent;  // erased a moment ago
    tx.exec(insert_assignment, of.organisation.text(), uuid_text(of.id), of.user.text(),
            storage::bytea(parts_.numbers.hash(of.organisation, of.number)), storage::bytea(*sealed),
            storage::ms(of.since));
    return {};
}

Task<Result<void>> PgAdministrationRepository::add_number(OperatorPermit const& permit, NumberChange const& change,
                                                          Timestamp since) {
    boost::uuids::uuid const id = uuid_v7(std::chrono::system_clock::now());
    auto const body = [&](storage::Tx& tx) -> Result<void> {
        auto const organisation = organisation_of(tx, change.user);
        if (!organisation) return absent;
        if (auto const done = assign(tx, {id, *organisation, change.user, change.phone.open(permit), since});
            !done)
            return done;
        return record_about(tx, "user.number_added", change.user, uuid_text(id));
    };
    try {
        co_return co_await parts_.db.run(permit, body);
    } catch (storage::IntegrityViolation const& e) {
        if (e.sqlstate() == unique_violation) co_return Result<void>{};  // an earlier attempt has succeeded
        if (e.sqlstate() != exclusion_violation) throw;
        co_return number_taken;
    }
}

Task<Result<void>> PgAdministrationRepository::end_number(OperatorPermit const& permit, NumberChange const& change,
                                                          Timestamp at) {
    co_return co_await parts_.db.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const organisation = organisation_of(tx, change.user);
        if (!organisation) return absent;
        auto const hash = parts_.numbers.hash(*organisation, change.phone.open(permit));
        auto const found = tx.exec(find_assignment, organisation->text(), change.user.text(), storage::bytea(hash),
                                   storage::ms(at));
        if (found.empty()) return absent;
        if (!found[0][1].as<bool>())
            return Error{Errc::invalid, "must be after the moment the number became theirs", "at"};
        tx.exec(end_assignment, organisation->text(), storage::text_of(found[0][0]), storage::ms(at));
        return record_about(tx, "user.number_ended", change.user, storage::text_of(found[0][0]));
    });
}

Task<Result<void>> PgAdministrationRepository::set_state(OperatorPermit const& permit, StateChange const& change) {
    co_return co_await parts_.db.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const organisation = organisation_of(tx, change.user);
        if (!organisation) return absent;
        std::string const state = change.state == AccountState::active ? "active" : "suspended";
        if (tx.exec(set_user_state, organisation->text(), change.user.text(), state).empty())
            return Error{Errc::conflict, "the account is not activated yet"};
        // Gone for good: an account that is opened again does not open its old sessions.
        if (change.state == AccountState::suspended)
            tx.exec(end_sessions, organisation->text(), change.user.text());
        return record_about(
            tx, change.state == AccountState::active ? Literal{"user.activated"} : Literal{"user.suspended"},
            change.user, organisation->text());
    });
}

Task<Result<void>> PgAdministrationRepository::set_retention(OperatorPermit const& permit,
                                                             RetentionChoice const& choice) {
    co_return co_await parts_.db.run(permit, [&](storage::Tx& tx) -> Result<void> {
        if (tx.exec(set_chosen_periods, choice.organisation.text(), choice.chat, choice.calls_masked,
                    choice.calls_token, choice.calls, choice.call_counters)
                .empty())
            return absent;
        std::string what = choice.organisation.text();
        for (ChoosablePeriod const& each : choosable_periods)
            if (auto const& period = choice.*each.period)
                what.append(" ").append(each.field.text()).append("=").append(*period);
        record(tx, "organisation.retention_set", "", what);
        return {};
    });
}

Task<Result<void>> PgAdministrationRepository::create(OperatorPermit const& permit, SwitchId id,
                                                      NewSwitch const& wanted, std::string const& token_hash) {
    auto const body = [&](storage::Tx& tx) -> Result<void> {
        if (tx.exec(find_organisation, wanted.organisation.text()).empty()) return absent;
        auto const& [time_zone, country_code, short_prefix, short_digits] = wanted.settings;
        tx.exec(insert_switch, wanted.organisation.text(), id.text(), wanted.name, storage::bytea(token_hash),
                time_zone, country_code, short_prefix, short_digits);
        record(tx, "switch.created", "", id.text());
        return {};
    };
    try {
        co_return co_await parts_.db.run(permit, body);
    } catch (storage::IntegrityViolation const& e) {
        if (e.sqlstate() != unique_violation) throw;
        co_return Result<void>{};  // id and token are random: an earlier attempt has succeeded
    }
}

}  // namespace samtal::administration
