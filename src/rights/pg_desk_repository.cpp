#include "pg_desk_repository.hpp"

#include "deadline.hpp"
#include "desk_statements.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::rights {

using storage::bytea;
using storage::ms;
using storage::Tx;

namespace {

constexpr Error no_such_request{Errc::not_found, "no such thing"};
constexpr Error answered{Errc::conflict, "the request is answered already"};
constexpr Error extended_before{Errc::conflict, "the request was extended already"};
constexpr Error begun{Errc::conflict, "the erasure has begun"};
constexpr auto beyond_all_ids = "ffffffff-ffff-ffff-ffff-ffffffffffff";

bool is_open(Request const& request) {
    return request.state == "received" || request.state == "running";
}

}  // namespace

Task<Result<RequestPage>> PgDeskRepository::open(RightsPermit const& permit, std::optional<RequestId> before,
                                                 std::size_t limit) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<RequestPage> {
        RequestPage page;
        for (auto const& row : tx.exec(read_open, before ? before->text() : std::string{beyond_all_ids},
                                       static_cast<std::int64_t>(limit) + 1))
            page.items.push_back(request_of(cipher_, row));
        page.more = page.items.size() > limit;
        if (page.more) page.items.pop_back();
        return page;
    });
}

Result<Request> PgDeskRepository::locked(Tx& tx, RequestId id) {
    auto const rows = tx.exec(lock_request, id.text());
    if (rows.empty()) return no_such_request;
    return request_of(cipher_, rows[0]);
}

Task<Result<Request>> PgDeskRepository::show(RightsPermit const& permit, RequestId id, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Request> {
        auto request = locked(tx, id);
        if (!request || !request->user) return request;
        if (auto const subject = pseudonym(cipher_, *request->user))
            record(tx, permit, "staff.read_request", *subject, id, now);
        return request;
    });
}

Task<Result<Request>> PgDeskRepository::extend(RightsPermit const& permit, Decision const& decision,
                                               Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Request> {
        auto request = locked(tx, decision.id);
        if (!request) return request;
        if (!is_open(*request) || !request->user) return answered;
        if (request->extended_at) return extended_before;
        auto const reason = cipher_.seal(*request->user, reason_cell(decision.id), decision.reason.open(permit));
        auto const subject = pseudonym(cipher_, *request->user);
        if (!reason || !subject) return begun;
        request->due_at = months_later(request->received_at, answer_within + extension);
        request->extended_at = now;
        request->reason = decision.reason;
        tx.exec(extend_request, request->organisation.text(), decision.id.text(), ms(now), ms(request->due_at),
                bytea(*reason));
        record(tx, permit, "rights.extended", *subject, decision.id, now);
        return request;
    });
}

Task<Result<Request>> PgDeskRepository::refuse(RightsPermit const& permit, Decision const& decision,
                                               Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Request> {
        auto request = locked(tx, decision.id);
        if (!request) return request;
        if (!is_open(*request) || !request->user) return answered;
        if (request->kind == "erasure" && request->waits_for.empty()) return begun;
        auto const reason = cipher_.seal(*request->user, reason_cell(decision.id), decision.reason.open(permit));
        auto const subject = pseudonym(cipher_, *request->user);
        if (!reason || !subject) return begun;
        request->state = "refused";
        request->waits_for.clear();
        request->done_at = now;
        request->reason = decision.reason;
        tx.exec(refuse_request, request->organisation.text(), decision.id.text(), ms(now), bytea(*reason));
        record(tx, permit, "rights.refused", *subject, decision.id, now);
        return request;
    });
}

Task<Result<TakenIn>> PgDeskRepository::take_in(RightsPermit const& permit, Intake const& intake,
                                                std::string const& number, TakenIn taken) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<TakenIn> {
        taken.answer = "not_identified";
        OrganisationId after = OrganisationId::nil();
        for (;;) {
            storage::ArrayLiteral organisations;
            storage::ArrayLiteral hashes;
            auto const page = tx.exec(list_organisations, after.text());
            if (page.empty()) break;
            for (auto const& row : page) {
                after = storage::id_of<OrganisationId>(row[0]);
                organisations.add(after.text());
                hashes.add(bytea(numbers_.hash(after, number)));
            }
            for (auto const& row : tx.exec(find_assignments, organisations.text(), hashes.text()))
                if (row[0].as<bool>() || taken.answer != "has_account")
                    taken.answer = row[0].as<bool>() ? "has_account" : "had_account";
        }
        tx.exec(insert_intake, uuid_text(taken.id), intake.kind,
                bytea(numbers_.hash(OrganisationId::nil(), number)), intake.reference, ms(taken.received_at),
                ms(taken.due_at), taken.answer);
        record(tx, permit, "rights.taken_in", {}, RequestId{taken.id}, taken.received_at);
        return taken;
    });
}

}  // namespace samtal::rights
