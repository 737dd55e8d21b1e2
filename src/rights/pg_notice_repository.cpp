#include "pg_notice_repository.hpp"

#include "notice_statements.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>

namespace samtal::rights {

using storage::bytea;
using storage::ms;
using storage::Tx;

namespace {

constexpr Error no_such_notice{Errc::not_found, "no such thing"};
constexpr auto about_column = field::RecipientNoticesAbout::column;

processing::Recipient const* named(processing::Register const& in_force, std::string const& id) {
    auto const found = std::ranges::find(in_force.recipients, id, &processing::Recipient::id);
    return found == in_force.recipients.end() ? nullptr : &*found;
}

std::vector<std::string> recipients_of(Tx& tx, OrganisationId organisation, UserId user,
                                       processing::Register const& in_force) {
    auto all = recipients_to_tell(in_force);
    for (auto const& row : tx.exec(recipients_of_person, organisation.text(), user.text())) {
        std::string id = storage::text_of(row[0]);
        auto const* const who = named(in_force, id);
        bool const known = std::ranges::find(all, id) != all.end();
        if (who != nullptr && who->role != "authority" && !known) all.push_back(std::move(id));
    }
    return all;
}

void record_notice(Tx& tx, RightsPermit const& permit, Literal act, NoticeId id, Timestamp now) {
    storage::append_audit_leaf(tx,
                               {act, permit.kind(), "", "", purpose::RightsAndEvidence::name, id.text(), "", now});
}

}  // namespace

void PgNoticeRepository::insert(Tx& tx, RequestId request, OrganisationId organisation, NoticeAbout const& about,
                                processing::Register const& in_force, Timestamp now, bool held_back) {
    for (std::string const& recipient : recipients_of(tx, organisation, about.user, in_force)) {
        NoticeId const id{boost::uuids::random_generator{}()};
        std::string const sealed = duty_.seal({about_column, id.value()}, encode_about(about));
        tx.exec(add_notice, organisation.text(), request.text(), recipient, id.text(), bytea(sealed), ms(now),
                held_back);
    }
}

void PgNoticeRepository::add(Tx& tx, RequestId request, OrganisationId organisation, NoticeAbout const& about,
                             processing::Register const& in_force, Timestamp now) {
    insert(tx, request, organisation, about, in_force, now, false);
}

Task<Result<void>> PgNoticeRepository::prepare(RightsPermit const& permit, RequestId request,
                                               OrganisationId organisation, UserId user,
                                               processing::Register const& in_force, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        insert(tx, request, organisation, {"erasure", user, ""}, in_force, now, true);
        return {};
    });
}

PendingNotice PgNoticeRepository::pending(pqxx::row const& row) const {
    PendingNotice notice{storage::id_of<OrganisationId>(row[0]),
                         storage::id_of<RequestId>(row[1]),
                         storage::id_of<NoticeId>(row[2]),
                         storage::text_of(row[3]),
                         std::nullopt,
                         row[5].as<int>()};
    if (row[4].is_null()) return notice;
    auto const about = duty_.open({about_column, notice.id.value()}, storage::bytes_of(row[4]));
    if (about) notice.about = decode_about(*about);
    return notice;
}

Task<Result<std::vector<PendingNotice>>> PgNoticeRepository::take(RightsPermit const& permit, Timestamp now,
                                                                  Timestamp until) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::vector<PendingNotice>> {
        std::vector<PendingNotice> found;
        for (auto const& row : tx.exec(take_notices, ms(now), ms(until))) found.push_back(pending(row));
        return found;
    });
}

/// The recipient learned something about a person: that is a disclosure like another. Not of somebody who is
/// erased: they see it with their request.
void PgNoticeRepository::disclose(Tx& tx, RightsPermit const& permit, PendingNotice const& notice,
                                  processing::Register const& in_force, Timestamp now) {
    auto const* const who = named(in_force, notice.recipient);
    if (!notice.about || notice.about->act == "erasure" || who == nullptr) return;
    (void)disclosures_.record(tx, permit.kind(),
                              {.organisation = notice.organisation,
                               .user = notice.about->user,
                               .recipient = notice.recipient,
                               .purpose = std::string{purpose::RightsAndEvidence::name},
                               .categories = {"identity"},
                               .reason = "GDPR Art. 19: " + notice.about->act,
                               .country = who->country,
                               .at = now});
}

Task<Result<void>> PgNoticeRepository::told(RightsPermit const& permit, NoticeId id,
                                            processing::Register const& in_force, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const rows = tx.exec(lock_notice, id.text());
        if (rows.empty()) return no_such_notice;
        disclose(tx, permit, pending(rows[0]), in_force, now);
        tx.exec(set_told, id.text(), ms(now));
        record_notice(tx, permit, "recipient.told", id, now);
        return {};
    });
}

Task<Result<void>> PgNoticeRepository::failed(RightsPermit const& permit, NoticeId id, Timestamp now,
                                              Timestamp next) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(set_failed, id.text(), ms(now), ms(next));
        return {};
    });
}

Task<Result<std::vector<UntoldNotice>>> PgNoticeRepository::untold(RightsPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<std::vector<UntoldNotice>> {
        std::vector<UntoldNotice> found;
        for (auto const& row : tx.exec(untold_notices))
            found.push_back({storage::id_of<NoticeId>(row[0]), storage::id_of<OrganisationId>(row[1]),
                             storage::id_of<RequestId>(row[2]), storage::text_of(row[3]), storage::text_of(row[4]),
                             storage::time_of(row[5]), row[6].as<int>(), row[7].as<bool>()});
        return found;
    });
}

Task<Result<PendingNotice>> PgNoticeRepository::read(RightsPermit const& permit, NoticeId id, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<PendingNotice> {
        auto const rows = tx.exec(lock_notice, id.text());
        if (rows.empty()) return no_such_notice;
        auto notice = pending(rows[0]);
        if (!notice.about) return no_such_notice;
        record_notice(tx, permit, "staff.read_notice", id, now);
        return notice;
    });
}

}  // namespace samtal::rights
