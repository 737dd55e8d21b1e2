#include "pg_disclosure_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::retention {

namespace {

constexpr std::string_view not_two_administrators = "SA001";  // raised by law_disclose
constexpr Error two_are_needed{Errc::denied, "two different, active administrators must answer for a disclosure"};

constexpr storage::Statement disclose_records{R"sql(
-- retention.disclose
SELECT source_hash, record FROM law_disclose($1::uuid, $2::uuid[], $3::bytea[], $4::text, $5::bytea,
       to_timestamp($6::bigint / 1000.0), to_timestamp($7::bigint / 1000.0))
)sql"};

}  // namespace

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
    std::string const hash = law_.number_hash(order.number.open(permit));
    for (auto const& row : tx.exec(disclose_records, id, admins.text(), marks.text(), order.case_number,
                                   storage::bytea(hash), storage::ms(order.from), storage::ms(order.to)))
        given.records.emplace_back(law_.open(storage::bytes_of(row[0]), storage::bytes_of(row[1])).value());
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

}  // namespace samtal::retention
