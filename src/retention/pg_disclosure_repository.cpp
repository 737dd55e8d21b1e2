#include "pg_disclosure_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

#include <set>

namespace samtal::retention {

namespace {

constexpr std::string_view not_two_administrators = "SA001";  // raised by law_disclose
constexpr Error two_are_needed{Errc::denied, "two different, active administrators must answer for a disclosure"};
constexpr Error no_such_disclosure{Errc::not_found, "no such thing"};

constexpr storage::Statement disclose_records{R"sql(
-- retention.disclose
SELECT source_hash, record, organisation_id FROM law_disclose($1::uuid, $2::uuid[], $3::bytea[], $4::text, $5::bytea,
       to_timestamp($6::bigint / 1000.0), to_timestamp($7::bigint / 1000.0))
)sql"};

constexpr storage::Statement release_disclosure{R"sql(
-- retention.release
SELECT case_reference, (extract(epoch FROM given_at) * 1000)::bigint FROM law_release($1::uuid, $2::uuid[])
)sql"};

constexpr storage::Statement find_holders{R"sql(
-- retention.find_holders
SELECT DISTINCT user_id FROM phone_assignments
 WHERE organisation_id = $1::uuid AND number_hash = $2::bytea AND valid_from < to_timestamp($4::bigint / 1000.0)
   AND (valid_to IS NULL OR valid_to > to_timestamp($3::bigint / 1000.0))
)sql"};

constexpr storage::Statement add_person{R"sql(
-- retention.add_disclosed_person
INSERT INTO law_disclosure_people (organisation_id, user_id, disclosure_id, disclosed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, to_timestamp($4::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement set_told{R"sql(
-- retention.set_disclosed_person_told
UPDATE law_disclosure_people SET told_at = to_timestamp($2::bigint / 1000.0) WHERE disclosure_id = $1::uuid AND told_at IS NULL
RETURNING organisation_id, user_id
)sql"};

}  // namespace

void PgDisclosureRepository::tell(storage::Tx& tx, OrganisationId organisation, UserId user,
                                  std::string const& case_number, Timestamp given) {
    processing::Recipient const authority = authority_();
    (void)told_.record(tx, ActorKind::operator_,
                       {.organisation = organisation,
                        .user = user,
                        .recipient = authority.id,
                        .purpose = std::string{purpose::LawRetention::name},
                        .categories = {"traffic"},
                        .reason = "LEK 9:21, " + case_number,
                        .country = authority.country,
                        .at = given});  // nobody to tell once they are erased
}

std::size_t PgDisclosureRepository::note_people(storage::Tx& tx, LawPermit const& permit,
                                                OrganisationId organisation, DisclosureOrder const& order,
                                                std::string const& id, Timestamp now) {
    std::string const hash = numbers_.hash(organisation, order.number.open(permit));
    auto const holders = tx.exec(find_holders, organisation.text(), storage::bytea(hash), storage::ms(order.from),
                                 storage::ms(order.to));
    for (auto const& row : holders)
        tx.exec(add_person, organisation.text(), storage::text_of(row[0]), id, storage::ms(now));
    return holders.size();
}

Result<Disclosure> PgDisclosureRepository::disclose_in(storage::Tx& tx, LawPermit const& permit,
                                                       DisclosureOrder const& order, std::string const& id,
                                                       Timestamp now) {
    storage::ArrayLiteral admins, marks;
    std::string first;
    for (UserId const admin : {order.by, order.second}) {
        auto const mark = people_.owner_hash(admin, "audit", admin.text());
        if (!mark) return two_are_needed;
        if (first.empty()) first = *mark;
        admins.add(admin.text());
        marks.add(storage::bytea(*mark));
    }
    Disclosure given{id, {}};
    std::set<OrganisationId> organisations;
    std::string const hash = law_.number_hash(order.number.open(permit));
    for (auto const& row : tx.exec(disclose_records, id, admins.text(), marks.text(), order.case_number,
                                   storage::bytea(hash), storage::ms(order.from), storage::ms(order.to))) {
        given.records.emplace_back(law_.open(storage::bytes_of(row[0]), storage::bytes_of(row[1])).value());
        organisations.insert(storage::id_of<OrganisationId>(row[2]));
    }
    for (OrganisationId const organisation : organisations)
        given.people += note_people(tx, permit, organisation, order, id, now);
    if (!authority_().silent)
        for (auto const& row : tx.exec(set_told, id, storage::ms(now)))
            tell(tx, storage::id_of<OrganisationId>(row[0]), storage::id_of<UserId>(row[1]), order.case_number,
                 now);
    storage::append_audit_leaf(
        tx, {"disclosure", ActorKind::operator_, first, "", purpose::LawRetention::name, id, "", now});
    return given;
}

Task<Result<Disclosure>> PgDisclosureRepository::disclose(LawPermit const& permit, DisclosureOrder const& order,
                                                          Timestamp now) {
    if (order.by == order.second) co_return two_are_needed;
    std::string const id = uuid_text(uuid_v7(std::chrono::system_clock::now()));
    try {
        co_return co_await db_.run(permit,
                                   [&, now](storage::Tx& tx) { return disclose_in(tx, permit, order, id, now); });
    } catch (storage::SqlFailure const& e) {
        if (e.sqlstate() != not_two_administrators) throw;
        co_return two_are_needed;
    }
}

Result<std::size_t> PgDisclosureRepository::release_in(storage::Tx& tx, ReleaseOrder const& order, Timestamp now) {
    std::string const id = uuid_text(order.disclosure);
    storage::ArrayLiteral admins;
    admins.add(order.by.text());
    admins.add(order.second.text());
    auto const answered_for = people_.owner_hash(order.by, "audit", order.by.text());
    if (!answered_for) return two_are_needed;
    auto const given = tx.exec(release_disclosure, id, admins.text());
    if (given.empty()) return no_such_disclosure;
    auto const people = tx.exec(set_told, id, storage::ms(now));
    for (auto const& row : people)
        tell(tx, storage::id_of<OrganisationId>(row[0]), storage::id_of<UserId>(row[1]),
             storage::text_of(given[0][0]), storage::time_of(given[0][1]));
    storage::append_audit_leaf(tx, {"disclosure.released", ActorKind::operator_, *answered_for, "",
                                    purpose::LawRetention::name, id, "", now});
    return people.size();
}

Task<Result<std::size_t>> PgDisclosureRepository::release(LawPermit const& permit, ReleaseOrder const& order,
                                                          Timestamp now) {
    if (order.by == order.second) co_return two_are_needed;
    try {
        co_return co_await db_.run(permit, [&, now](storage::Tx& tx) { return release_in(tx, order, now); });
    } catch (storage::SqlFailure const& e) {
        if (e.sqlstate() != not_two_administrators) throw;
        co_return two_are_needed;
    }
}

}  // namespace samtal::retention
