#include "pg_hold_repository.hpp"

#include "retention_lock_statements.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::retention {

namespace {

using storage::ms;
using storage::Tx;

constexpr Error no_such_person{Errc::not_found, "no such person"};
constexpr Error not_held{Errc::not_found, "the case does not hold this person's data"};
constexpr Error held_already{Errc::conflict, "the case holds this person's data already"};

constexpr storage::Statement find_person{R"sql(
-- retention.find_person
SELECT organisation_id FROM users WHERE user_id = $1::uuid
)sql"};

constexpr storage::Statement insert_hold{R"sql(
-- retention.insert_hold
INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, to_timestamp($5::bigint / 1000.0))
)sql"};

constexpr storage::Statement release_hold{R"sql(
-- retention.release_hold
UPDATE legal_holds SET released_at = greatest(placed_at, to_timestamp($3::bigint / 1000.0))
 WHERE organisation_id = $1::uuid AND hold_id = $2::uuid AND released_at IS NULL
)sql"};

constexpr storage::Statement standing_holds{R"sql(
-- retention.standing_holds
SELECT hold_id, organisation_id, user_id, case_reference, (extract(epoch FROM placed_at) * 1000)::bigint,
       (extract(epoch FROM released_at) * 1000)::bigint
  FROM legal_holds WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND released_at IS NULL
)sql"};

// UUIDv7 grows with time. The administrator is the operator's, not one organisation's.
constexpr storage::Statement list_holds{R"sql(
-- retention.list_holds
SELECT hold_id, organisation_id, user_id, case_reference, (extract(epoch FROM placed_at) * 1000)::bigint,
       (extract(epoch FROM released_at) * 1000)::bigint
  FROM legal_holds WHERE user_id = $1::uuid OR ($1::uuid IS NULL AND released_at IS NULL)
 ORDER BY hold_id DESC LIMIT 1000
)sql"};

}  // namespace

Hold PgHoldRepository::hold_of(pqxx::row const& row) {
    auto const user = storage::id_of<UserId>(row[2]);
    auto const id = parse_uuid(row[0].c_str()).value();
    auto reference = cipher_.open(user, {field::LegalHoldsCaseReference::column, id}, storage::bytes_of(row[3]));
    return {storage::text_of(row[0]),
            storage::id_of<OrganisationId>(row[1]),
            user,
            CaseReference{reference ? *std::move(reference)
                                    : std::string{}},  // the person's key is gone: so is the text
            storage::time_of(row[4]),
            storage::optional_time_of(row[5])};
}

Result<OrganisationId> PgHoldRepository::organisation_of(Tx& tx, HoldOrder const& order) {
    auto const found = tx.exec(find_person, order.user.text());
    if (found.empty()) return no_such_person;
    auto const organisation = storage::id_of<OrganisationId>(found[0][0]);
    if (order.of && *order.of != organisation) return no_such_person;
    return organisation;
}

Result<std::optional<Hold>> PgHoldRepository::standing(Tx& tx, RetentionPermit const& permit,
                                                       OrganisationId organisation, HoldOrder const& order) {
    for (auto const& row : tx.exec(standing_holds, organisation.text(), order.user.text())) {
        Hold hold = hold_of(row);
        if (hold.case_reference.open(permit) == order.case_reference.open(permit))
            return std::optional{std::move(hold)};
    }
    return std::optional<Hold>{};
}

Result<void> PgHoldRepository::record(Tx& tx, Literal act, Hold const& hold, Timestamp now) {
    auto const subject = cipher_.owner_hash(hold.user, "audit", hold.user.text());
    if (!subject) return subject.error();
    storage::append_audit_leaf(
        tx, {act, ActorKind::operator_, "", *subject, purpose::Retention::name, hold.id, "", now});
    return {};
}

Result<Hold> PgHoldRepository::add_in(Tx& tx, RetentionPermit const& permit, HoldOrder const& order,
                                      std::string const& id, Timestamp now) {
    auto const organisation = organisation_of(tx, order);
    if (!organisation) return organisation.error();
    tx.exec(lock_deletion);
    auto earlier = standing(tx, permit, *organisation, order);
    if (!earlier) return earlier.error();
    if (*earlier && (*earlier)->id != id) return held_already;
    if (*earlier) return **std::move(earlier);  // an earlier attempt, whose commit was in doubt
    std::string const& reference = order.case_reference.open(permit);
    auto const sealed =
        cipher_.seal(order.user, {field::LegalHoldsCaseReference::column, parse_uuid(id).value()}, reference);
    if (!sealed) return no_such_person;
    tx.exec(insert_hold, organisation->text(), id, order.user.text(), storage::bytea(*sealed), ms(now));
    Hold hold{id, *organisation, order.user, CaseReference{reference}, now, std::nullopt};
    if (auto const recorded = record(tx, "hold.added", hold, now); !recorded) return recorded.error();
    return hold;
}

Task<Result<Hold>> PgHoldRepository::add(RetentionPermit const& permit, HoldOrder const& order, Timestamp now) {
    std::string const id = uuid_text(uuid_v7(std::chrono::system_clock::now()));
    co_return co_await db_.run(permit, [&, now](Tx& tx) { return add_in(tx, permit, order, id, now); });
}

Result<Hold> PgHoldRepository::release_in(Tx& tx, RetentionPermit const& permit, HoldOrder const& order,
                                          Timestamp now) {
    auto const organisation = organisation_of(tx, order);
    if (!organisation) return organisation.error();
    auto hold = standing(tx, permit, *organisation, order);
    if (!hold) return hold.error();
    if (!*hold) return not_held;
    tx.exec(release_hold, organisation->text(), (*hold)->id, ms(now));
    (*hold)->released_at = now;
    if (auto const recorded = record(tx, "hold.released", **hold, now); !recorded) return recorded.error();
    return **std::move(hold);
}

Task<Result<Hold>> PgHoldRepository::release(RetentionPermit const& permit, HoldOrder const& order,
                                             Timestamp now) {
    co_return co_await db_.run(permit, [&, now](Tx& tx) { return release_in(tx, permit, order, now); });
}

Task<Result<std::vector<Hold>>> PgHoldRepository::list(RetentionPermit const& permit, HoldList const& wanted) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<Hold>> {
        std::optional<std::string> const user =
            wanted.user ? std::optional{wanted.user->text()} : std::optional<std::string>{};
        std::vector<Hold> found;
        for (auto const& row : tx.exec(list_holds, user)) found.push_back(hold_of(row));
        return found;
    });
}

}  // namespace samtal::retention
