#include "pg_rectification_repository.hpp"

#include "erasure_statements.hpp"
#include "rectification_statements.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>
#include <array>

namespace samtal::rights {

using storage::bytea;
using storage::ms;
using storage::Tx;

namespace {

constexpr Error no_such_request{Errc::not_found, "no such thing"};

struct Correctable {
    std::string_view field, column;
    storage::Statement statement;
};
std::array<Correctable, 3> const correctable{
    {{"given_name", field::ProfilesGivenName::column, correct_given_name},
     {"family_name", field::ProfilesFamilyName::column, correct_family_name},
     {"contact_numbers", field::ProfilesContactNumbers::column, correct_contact_numbers}}};

}  // namespace

/// What follows from a correction, wherever copies are.
void PgRectificationRepository::corrected(Tx& tx, RequestId request, OrganisationId organisation, UserId user,
                                          std::string const& field, processing::Register const& in_force,
                                          Timestamp now) {
    tx.exec(renew_archives, organisation.text(), user.text());
    notices_.add(tx, request, organisation, {"rectification", user, field}, in_force, now);
}

Result<std::string> PgRectificationRepository::sealed_reason(RightsPermit const& permit, UserId user,
                                                             RequestId request, Reason const& reason) {
    return cipher_.seal(user, reason_cell(request), reason.open(permit));
}

Task<Result<void>> PgRectificationRepository::correct(RightsPermit const& permit, RequestRow const& row,
                                                      std::string const& field, Detail const& value,
                                                      processing::Register const& in_force) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted = requests_.insert(tx, permit, row, "rights.rectified");
        if (!inserted) return inserted.error();
        auto const& target = *std::ranges::find(correctable, std::string_view{field}, &Correctable::field);
        auto const sealed = cipher_.seal(row.who.user, {target.column, row.who.user.value()}, value.open(permit));
        if (!sealed) return no_such_request;
        tx.exec(target.statement, row.who.organisation.text(), row.who.user.text(), bytea(*sealed));
        corrected(tx, row.id, row.who.organisation, row.who.user, field, in_force, row.received_at);
        return {};
    });
}

Task<Result<void>> PgRectificationRepository::refuse(RightsPermit const& permit, RequestRow const& row,
                                                     Reason const& reason) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const inserted = requests_.insert(tx, permit, row, "rights.rectification_refused");
        if (!inserted) return inserted.error();
        auto const sealed = sealed_reason(permit, row.who.user, row.id, reason);
        if (!sealed) return no_such_request;
        tx.exec(set_reason, row.who.organisation.text(), row.id.text(), bytea(*sealed));
        return {};
    });
}

Task<Result<void>> PgRectificationRepository::await(RightsPermit const& permit, RequestRow const& row,
                                                    boost::uuids::uuid const& link, Reason const& superseded) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        std::string const organisation = row.who.organisation.text();
        for (auto const& earlier : tx.exec(open_correction, organisation, row.who.user.text(), row.id.text())) {
            auto const id = storage::id_of<RequestId>(earlier[0]);
            auto const sealed = sealed_reason(permit, row.who.user, id, superseded);
            if (!sealed) return no_such_request;
            tx.exec(settle_request, organisation, id.text(), "refused", ms(row.received_at), bytea(*sealed));
        }
        auto const inserted = requests_.insert(tx, permit, row, "rights.rectification_requested");
        if (!inserted) return inserted.error();
        tx.exec(await_confirmation, organisation, row.id.text(), uuid_text(link));
        return {};
    });
}

Task<Result<void>> PgRectificationRepository::settle(RightsPermit const& permit, Work const& work,
                                                     processing::Register const& in_force,
                                                     Unconfirmed const& unconfirmed, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        std::string const organisation = work.organisation.text();
        auto const taken = tx.exec(take_request, organisation, work.id.text());
        if (taken.empty()) return {};
        auto const link = tx.exec(state_of_link, organisation, work.id.text(), ms(now));
        bool const confirmed = link[0][0].as<bool>();
        if (!confirmed && !link[0][1].as<bool>()) return {};
        std::string const subject = storage::bytes_of(taken[0][0]);
        if (confirmed) {
            tx.exec(settle_request, organisation, work.id.text(), "done", ms(now), "");
            corrected(tx, work.id, work.organisation, *work.user, "email", in_force, now);
            record(tx, permit, "rights.rectified", subject, work.id, now);
            return {};
        }
        bool const superseded = link[0][2].as<bool>();
        auto const sealed =
            sealed_reason(permit, *work.user, work.id, superseded ? unconfirmed.superseded : unconfirmed.late);
        if (!sealed) return {};  // erased meanwhile
        tx.exec(settle_request, organisation, work.id.text(), "refused", ms(now), bytea(*sealed));
        record(tx, permit, "rights.rectification_refused", subject, work.id, now);
        return {};
    });
}

}  // namespace samtal::rights
