#include "pg_breach_repository.hpp"

#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::audit {

namespace {

using storage::Tx;

constexpr storage::Statement count_organisation{R"sql(
-- audit.count_organisation
SELECT count(u.user_id)
  FROM organisations o
  LEFT JOIN users u ON u.organisation_id = o.organisation_id
 WHERE o.organisation_id = $1::uuid
HAVING count(*) > 0
)sql"};

constexpr storage::Statement count_named{R"sql(
-- audit.count_named
SELECT count(*) FROM users WHERE user_id = ANY($1::uuid[])
)sql"};

// Where the breach lies: one organisation, or those of the named people ($2; null means everybody).
constexpr storage::Statement organisations_of{R"sql(
-- audit.organisations_of
SELECT DISTINCT organisation_id FROM users WHERE user_id = ANY($1::uuid[])
)sql"};

constexpr storage::Statement count_sign_ins{R"sql(
-- audit.count_sign_ins
SELECT count(*) FROM sessions
 WHERE organisation_id = ANY($1::uuid[]) AND ($2::uuid[] IS NULL OR user_id = ANY($2::uuid[]))
   AND created_at < to_timestamp($3::bigint / 1000.0)
)sql"};

constexpr storage::Statement count_messages{R"sql(
-- audit.count_messages
SELECT count(*) FROM messages
 WHERE organisation_id = ANY($1::uuid[]) AND ($2::uuid[] IS NULL OR sender_id = ANY($2::uuid[]))
   AND sent_at < to_timestamp($3::bigint / 1000.0)
)sql"};

constexpr storage::Statement count_calls{R"sql(
-- audit.count_calls
SELECT count(*) FROM calls
 WHERE organisation_id = ANY($1::uuid[]) AND ($2::uuid[] IS NULL OR owner_id = ANY($2::uuid[]))
   AND started_at < to_timestamp($3::bigint / 1000.0)
)sql"};

constexpr storage::Statement insert_case{R"sql(
-- audit.insert_breach_case
INSERT INTO breach_cases (case_id, kind, drill, organisation_id, aware_at, began_at, ended_at, affected)
VALUES ($1::uuid, $2::text, $3::boolean, nullif($4::text, '')::uuid, to_timestamp($5::bigint / 1000.0),
        to_timestamp($6::bigint / 1000.0), to_timestamp($7::bigint / 1000.0), $8::bigint)
ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement list_cases{R"sql(
-- audit.list_breach_cases
SELECT case_id, kind, drill, organisation_id, (extract(epoch FROM aware_at) * 1000)::bigint,
       (extract(epoch FROM began_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, affected,
       (extract(epoch FROM closed_at) * 1000)::bigint, coalesce(closing_reason, '')
  FROM breach_cases
 ORDER BY case_id DESC
 LIMIT 1000
)sql"};

constexpr storage::Statement close_case{R"sql(
-- audit.close_breach_case
UPDATE breach_cases SET closed_at = to_timestamp($2::bigint / 1000.0), closing_reason = $3::text
 WHERE case_id = $1::uuid AND (closed_at IS NULL OR (closed_at = to_timestamp($2::bigint / 1000.0) AND closing_reason = $3::text))
RETURNING case_id, kind, drill, organisation_id, (extract(epoch FROM aware_at) * 1000)::bigint,
       (extract(epoch FROM began_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, affected,
       (extract(epoch FROM closed_at) * 1000)::bigint, coalesce(closing_reason, '')
)sql"};

constexpr storage::Statement case_exists{R"sql(
-- audit.breach_case_exists
SELECT FROM breach_cases WHERE case_id = $1::uuid
)sql"};

constexpr storage::Statement list_affected{R"sql(
-- audit.list_affected
SELECT user_id FROM users WHERE organisation_id = $1::uuid AND user_id > $2::uuid ORDER BY user_id LIMIT 10000
)sql"};

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error closed_before{Errc::conflict, "the case is closed already"};

BreachCase case_of(pqxx::row const& row) {
    std::optional<OrganisationId> organisation;
    if (!row[3].is_null()) organisation = storage::id_of<OrganisationId>(row[3]);
    return {storage::id_of<CaseId>(row[0]),
            storage::text_of(row[1]),
            row[2].as<bool>(),
            organisation,
            storage::time_of(row[4]),
            storage::time_of(row[5]),
            storage::time_of(row[6]),
            row[7].as<std::int64_t>(),
            storage::optional_time_of(row[8]),
            storage::text_of(row[9])};
}

std::string ids_of(std::vector<UserId> const& users) {
    storage::ArrayLiteral ids;
    for (UserId const& user : users) ids.add(user.text());
    return ids.text();
}

std::string places_of(Tx& tx, Affected const& affected) {
    storage::ArrayLiteral places;
    if (affected.organisation) {
        places.add(affected.organisation->text());
        return places.text();
    }
    for (auto const& row : tx.exec(organisations_of, ids_of(affected.users))) places.add(storage::text_of(row[0]));
    return places.text();
}

}  // namespace

Task<Result<std::int64_t>> PgBreachRepository::count_people(IncidentPermit const& permit,
                                                            Affected const& affected) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::int64_t> {
        if (!affected.organisation) {
            auto const found = tx.exec(count_named, ids_of(affected.users))[0][0].as<std::int64_t>();
            if (found != static_cast<std::int64_t>(affected.users.size())) return absent;
            return found;
        }
        auto const rows = tx.exec(count_organisation, affected.organisation->text());
        if (rows.empty()) return absent;
        return rows[0][0].as<std::int64_t>();
    });
}

Task<Result<RecordCounts>> PgBreachRepository::count_records(IncidentPermit const& permit,
                                                             BreachReport const& report) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<RecordCounts> {
        std::string const places = places_of(tx, report.affected);
        std::string const users = ids_of(report.affected.users);
        char const* const only = report.affected.organisation ? nullptr : users.c_str();
        auto const count = [&](storage::Statement const& statement) {
            return tx.exec(statement, places, only, storage::ms(report.ended))[0][0].as<std::int64_t>();
        };
        return RecordCounts{count(count_sign_ins), count(count_messages), count(count_calls)};
    });
}

Task<Result<void>> PgBreachRepository::open(IncidentPermit const& permit, BreachCase const& c) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted = tx.exec(
            insert_case, c.id.text(), c.kind, c.drill, c.organisation ? c.organisation->text() : std::string{},
            storage::ms(c.aware_at), storage::ms(c.began), storage::ms(c.ended), c.affected);
        if (inserted.affected_rows() == 0)
            return {};  // an earlier attempt, whose commit was in doubt, has succeeded
        storage::append_audit_leaf(
            tx, {"breach.reported", ActorKind::operator_, "", "", purpose::IncidentResponse::name, c.id.text(),
                 c.drill ? "drill" : "", c.aware_at});
        return {};
    });
}

Task<Result<std::vector<BreachCase>>> PgBreachRepository::list(IncidentPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<std::vector<BreachCase>> {
        std::vector<BreachCase> cases;
        for (auto const& row : tx.exec(list_cases)) cases.push_back(case_of(row));
        return cases;
    });
}

Task<Result<BreachCase>> PgBreachRepository::close(IncidentPermit const& permit, CloseBreach const& closing,
                                                   Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<BreachCase> {
        auto const rows = tx.exec(close_case, closing.id.text(), storage::ms(now), closing.reason);
        if (rows.empty()) return tx.exec(case_exists, closing.id.text()).empty() ? absent : closed_before;
        BreachCase closed = case_of(rows[0]);
        storage::append_audit_leaf(
            tx, {"breach.closed", ActorKind::operator_, "", "", purpose::IncidentResponse::name, closing.id.text(),
                 closed.drill ? "drill" : "", now});
        return closed;
    });
}

Task<Result<std::vector<UserId>>> PgBreachRepository::affected(IncidentPermit const& permit,
                                                               AskAffected const& ask) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<UserId>> {
        std::vector<UserId> users;
        auto const after = ask.after.value_or(UserId::nil()).text();
        for (auto const& row : tx.exec(list_affected, ask.organisation.text(), after))
            users.push_back(storage::id_of<UserId>(row[0]));
        return users;
    });
}

}  // namespace samtal::audit
