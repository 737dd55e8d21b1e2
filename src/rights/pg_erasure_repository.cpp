#include "pg_erasure_repository.hpp"

#include "deadline.hpp"
#include "erasure_statements.hpp"
#include "notice_statements.hpp"
#include "notices.hpp"
#include "request_statements.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::rights {

using storage::ms;
using storage::Tx;

namespace {

constexpr auto legal_hold = "legal_hold";
constexpr auto calls_of_others = "calls_of_others";  // as PgCounterpartRepository counts them

/// The audit pseudonym of the request's person, when the request is this server's for the transaction.
std::optional<std::string> take(Tx& tx, Work const& work) {
    auto const rows = tx.exec(take_request, work.organisation.text(), work.id.text());
    if (rows.empty()) return std::nullopt;
    return storage::bytes_of(rows[0][0]);
}

bool is_held(Tx& tx, Work const& work) {
    return tx.exec(person_is_held, work.organisation.text(), work.user->text())[0][0].as<bool>();
}

void run_on(Tx& tx, Work const& work, char const* waits_for) {
    tx.exec(set_running, work.organisation.text(), work.id.text(), waits_for);
}

void add_counts(Tx& tx, Work const& work, Certificate& certificate) {
    for (auto const& row : tx.exec(read_counts, work.organisation.text(), work.id.text())) {
        ErasedRows rows{storage::text_of(row[0]), storage::text_of(row[1]), row[2].as<std::int64_t>()};
        bool const of_others = rows.holding == calls_of_others;
        if (of_others) rows.holding = "calls";
        (of_others ? certificate.changed : certificate.erased).push_back(std::move(rows));
    }
}

}  // namespace

Task<Result<std::vector<Work>>> PgErasureRepository::open(RightsPermit const& permit, RequestId after) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<Work>> {
        std::vector<Work> found;
        for (auto const& row : tx.exec(open_requests, after.text())) {
            Work work{storage::id_of<OrganisationId>(row[0]), storage::id_of<RequestId>(row[1]), std::nullopt,
                      storage::text_of(row[3]), storage::text_of(row[4])};
            if (!row[2].is_null()) work.user = storage::id_of<UserId>(row[2]);
            found.push_back(std::move(work));
        }
        return found;
    });
}

Task<Result<PgErasureRepository::Step>> PgErasureRepository::begin(RightsPermit const& permit, Work const& work) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Step> {
        if (!take(tx, work)) return Step::taken;
        if (is_held(tx, work)) {
            run_on(tx, work, legal_hold);
            return Step::held;
        }
        tx.exec(lock_person, work.organisation.text(), work.user->text());
        tx.exec(end_sessions, work.organisation.text(), work.user->text());
        run_on(tx, work, "");
        return Step::done;
    });
}

Task<Result<PgErasureRepository::Step>> PgErasureRepository::destroy_key(RightsPermit const& permit,
                                                                         Work const& work) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Step> {
        if (!take(tx, work)) return Step::taken;
        if (is_held(tx, work)) return Step::held;
        (void)keys_.erase(*work.user);
        return Step::done;
    });
}

Task<Result<std::vector<std::string>>> PgErasureRepository::others_at_work(RightsPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<std::vector<std::string>> {
        std::vector<std::string> transactions;
        for (auto const& row : tx.exec(rights::others_at_work)) transactions.push_back(storage::text_of(row[0]));
        return transactions;
    });
}

Task<Result<std::optional<ErasedBatch>>> PgErasureRepository::erase_batch(RightsPermit const& permit,
                                                                          Work const& work, Place const& from,
                                                                          int most, bool lasting) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::optional<ErasedBatch>> {
        if (!take(tx, work)) return std::optional<ErasedBatch>{};
        ErasedBatch batch;
        for (auto const& row : tx.exec(rights::erase_batch, work.organisation.text(), work.id.text(),
                                       work.user->text(), from.holding, from.key, most, lasting)) {
            batch.rows += row[0].as<std::int64_t>();
            batch.reached = {storage::text_of(row[1]), std::nullopt};
            if (!row[2].is_null()) batch.reached.key = storage::text_of(row[2]);
        }
        for (auto const& row : tx.exec(changed_here))
            batch.changed.push_back({storage::id_of<OrganisationId>(row[0]),
                                     storage::id_of<ConversationId>(row[1]),
                                     {.change = row[2].as<std::int64_t>()}});
        return std::optional{std::move(batch)};
    });
}

Task<Result<void>> PgErasureRepository::finish(RightsPermit const& permit, Work const& work,
                                               Certify const& certify, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto const subject = take(tx, work);
        if (!subject) return {};
        std::vector<std::string> recipients;
        for (auto const& row : tx.exec(release_notices, work.organisation.text(), work.id.text(), ms(now)))
            recipients.push_back(storage::text_of(row[0]));
        std::ranges::sort(recipients);
        Certificate certificate{work.id, now, {}, {}, recipients};
        add_counts(tx, work, certificate);
        tx.exec(finish_erasure, work.organisation.text(), work.id.text(), ms(now), certify(certificate));
        record(tx, permit, "rights.erased", *subject, work.id, now);
        return {};
    });
}

Task<Result<std::vector<PgErasureRepository::Somebody>>> PgErasureRepository::people(RightsPermit const& permit,
                                                                                     UserId after) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<Somebody>> {
        std::vector<Somebody> found;
        for (auto const& row : tx.exec(people_after, after.text()))
            found.push_back({storage::id_of<OrganisationId>(row[1]), storage::id_of<UserId>(row[0])});
        return found;
    });
}

Task<Result<std::size_t>> PgErasureRepository::replay(RightsPermit const& permit,
                                                      std::vector<Somebody> const& people, Timestamp now) {
    std::vector<boost::uuids::uuid> ids;  // outside: a repeated body asks for the same
    for (std::size_t n = 0; n < people.size(); ++n) ids.push_back(uuid_v7(now));
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::size_t> {
        std::vector<UserId> users;
        for (Somebody const& somebody : people) users.push_back(somebody.user);
        auto const erased = keys_.erased_among(users);
        for (std::size_t n = 0; n < people.size(); ++n)
            if (std::ranges::find(erased, people[n].user) != erased.end())
                tx.exec(insert_replay, people[n].organisation.text(), uuid_text(ids[n]), people[n].user.text(),
                        ms(now), ms(months_later(now, answer_within)));
        return erased.size();
    });
}

Task<Result<std::size_t>> PgErasureRepository::lapse(RightsPermit const& permit, std::string const& period,
                                                     Timestamp now) {
    constexpr std::size_t most = 100;
    std::vector<boost::uuids::uuid> ids;  // outside: a repeated body asks for the same
    for (std::size_t n = 0; n < most; ++n) ids.push_back(uuid_v7(now));
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::size_t> {
        std::size_t lapsed = 0;
        for (auto const& row : tx.exec(lapsed_invitations, period, ms(now), static_cast<std::int64_t>(most))) {
            auto const user = storage::id_of<UserId>(row[1]);
            RequestId const id{ids[lapsed++]};
            if (tx.exec(insert_replay, storage::text_of(row[0]), id.text(), user.text(), ms(now),
                        ms(months_later(now, answer_within)))
                    .affected_rows() == 0)
                continue;
            if (auto const subject = pseudonym(cipher_, user))
                record(tx, permit, "rights.invitation_lapsed", *subject, id, now);
        }
        return lapsed;
    });
}

Task<Result<Workload>> PgErasureRepository::workload(RightsPermit const& permit, Timestamp now) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Workload> {
        Workload load;
        std::optional<Timestamp> nearest;
        for (auto const& row : tx.exec(count_open, ms(now))) {
            load.open[storage::text_of(row[0])] = row[1].as<double>();
            load.overdue += row[2].as<double>();
            Timestamp const due = storage::time_of(row[3]);
            nearest = nearest ? std::min(*nearest, due) : due;
        }
        using days = std::chrono::duration<double, std::chrono::days::period>;
        if (nearest) load.days_to_nearest_deadline = days{*nearest - now}.count();
        auto const untold = tx.exec(count_untold, ms(now - notice_overdue_after))[0];
        load.notices_waiting = untold[0].as<double>();
        load.notices_overdue = untold[1].as<double>();
        return load;
    });
}

}  // namespace samtal::rights
