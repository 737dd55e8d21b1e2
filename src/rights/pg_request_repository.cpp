#include "pg_request_repository.hpp"

#include "notice_statements.hpp"
#include "request_statements.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::rights {

using storage::bytea;
using storage::ms;
using storage::Tx;

namespace {

constexpr Error in_progress{Errc::conflict, "a request of this kind is under way", "kind", "in-progress"};
constexpr Error no_such_request{Errc::not_found, "no such thing"};
constexpr Error bad_receipt{Errc::unauthenticated, "no valid credential"};
constexpr auto beyond_all_ids = "ffffffff-ffff-ffff-ffff-ffffffffffff";

Literal asked(std::string_view kind) {
    if (kind == "access") return "rights.access_requested";
    if (kind == "portability") return "rights.portability_requested";
    return "rights.erasure_requested";
}

Request with_notices(Tx& tx, Request request) {
    for (auto const& row : tx.exec(notices_of_request, request.organisation.text(), request.id.text()))
        request.notices.push_back(
            {storage::text_of(row[0]), storage::text_of(row[1]), storage::optional_time_of(row[2])});
    return request;
}

}  // namespace

Result<std::string> PgRequestRepository::insert(Tx& tx, RightsPermit const& permit, RequestRow const& r,
                                                Literal act) {
    auto subject = pseudonym(cipher_, r.who.user);
    if (!subject) return no_such_request;
    std::string detail;
    if (!r.detail.empty()) {
        auto const sealed =
            cipher_.seal(r.who.user, {field::PrivacyRequestsDetail::column, r.id.value()}, r.detail);
        if (!sealed) return no_such_request;
        detail = bytea(*sealed);
    }
    std::string const organisation = r.who.organisation.text();
    auto const inserted = tx.exec(insert_request, organisation, r.id.text(), r.who.user.text(), bytea(*subject),
                                  r.kind, r.state, detail, r.language, ms(r.received_at), ms(r.due_at),
                                  r.receipt_hash.empty() ? "" : bytea(r.receipt_hash),
                                  r.receipt_expires_at ? ms(*r.receipt_expires_at) : std::int64_t{0});
    if (!inserted.empty()) record(tx, permit, act, *subject, r.id, r.received_at);
    // No row of this id either: it is another one that is under way. Else an earlier try has committed.
    else if (tx.exec(request_exists, organisation, r.id.text()).empty())
        return in_progress;
    return subject;
}

Task<Result<void>> PgRequestRepository::open(RightsPermit const& permit, RequestRow const& row) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted = insert(tx, permit, row, asked(row.kind));
        if (!inserted) return inserted.error();
        return {};
    });
}

Task<Result<bool>> PgRequestRepository::open_erasure(RightsPermit const& permit, RequestRow const& row) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<bool> {
        auto const inserted = insert(tx, permit, row, asked(row.kind));
        if (!inserted) return inserted.error();
        std::string const organisation = row.who.organisation.text();
        std::string const user = row.who.user.text();
        if (tx.exec(person_is_held, organisation, user)[0][0].as<bool>()) return false;
        tx.exec(lock_person, organisation, user);
        tx.exec(end_sessions, organisation, user);
        return true;
    });
}

Task<Result<void>> PgRequestRepository::restrict(RightsPermit const& permit, RequestRow const& row, bool active,
                                                 processing::Register const& in_force) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted =
            insert(tx, permit, row, active ? Literal{"rights.restricted"} : Literal{"rights.restriction_lifted"});
        if (!inserted) return inserted.error();
        auto const changed =
            tx.exec(set_restricted, row.who.organisation.text(), row.who.user.text(), active, ms(row.received_at));
        if (!changed.empty())
            notices_.add(tx, row.id, row.who.organisation,
                         {active ? "restriction" : "restriction_lifted", row.who.user, ""}, in_force,
                         row.received_at);
        return {};
    });
}

Task<Result<void>> PgRequestRepository::object(RightsPermit const& permit, RequestRow const& row,
                                               std::string const& purpose, bool active) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted =
            insert(tx, permit, row, active ? Literal{"rights.objected"} : Literal{"rights.objection_lifted"});
        if (!inserted) return inserted.error();
        std::string const organisation = row.who.organisation.text();
        if (active)
            tx.exec(add_objection, organisation, row.who.user.text(), purpose, ms(row.received_at));
        else
            tx.exec(lift_objection, organisation, row.who.user.text(), purpose);
        return {};
    });
}

Task<Result<RequestPage>> PgRequestRepository::list(RightsPermit const& permit, std::optional<RequestId> before,
                                                    std::size_t limit) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<RequestPage> {
        char const* const any = nullptr;
        RequestPage page;
        for (auto const& row : tx.exec(read_requests, permit.organisation().text(), permit.actor().text(),
                                       before ? before->text() : std::string{beyond_all_ids}, any,
                                       static_cast<std::int64_t>(limit) + 1))
            page.items.push_back(request_of(cipher_, row));
        page.more = page.items.size() > limit;
        if (page.more) page.items.pop_back();
        return page;
    });
}

Task<Result<Request>> PgRequestRepository::find(RightsPermit const& permit, RequestId id) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Request> {
        auto const rows = tx.exec(read_requests, permit.organisation().text(), permit.actor().text(),
                                  std::string{beyond_all_ids}, id.text(), std::int64_t{1});
        if (rows.empty()) return no_such_request;
        return with_notices(tx, request_of(cipher_, rows[0]));
    });
}

Task<Result<Request>> PgRequestRepository::find_by_receipt(RightsPermit const& permit,
                                                           std::string const& receipt_hash, Timestamp now) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Request> {
        auto const rows = tx.exec(read_by_receipt, bytea(receipt_hash), ms(now));
        if (rows.empty()) return bad_receipt;
        return with_notices(tx, request_of(cipher_, rows[0]));
    });
}

}  // namespace samtal::rights
