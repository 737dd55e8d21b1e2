#include "pg_consent_repository.hpp"

#include "consent_statements.hpp"
#include "samtal/consent/organisation_choice.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::consent {

namespace {

std::vector<Standing> standings_of(pqxx::result const& rows) {
    std::vector<Standing> standings;
    for (auto const& row : rows) {
        bool const expired = !row[4].is_null() && row[4].as<bool>();
        standings.push_back({.purpose = storage::text_of(row[0]),
                             .state = expired ? "expired" : storage::text_of(row[1]),
                             .since = storage::time_of(row[expired ? 5 : 2]),
                             .notice_version = storage::text_of(row[3])});
    }
    return standings;
}

Entry entry_of(pqxx::row const& row) {
    return {storage::id_of<DecisionId>(row[0]), row[1].as<std::int64_t>(), storage::text_of(row[2]),
            storage::text_of(row[3]),           storage::time_of(row[4]),  storage::text_of(row[5]),
            storage::bytes_of(row[6]),          storage::bytes_of(row[7])};
}

std::optional<Entry> optional_entry_of(pqxx::result const& rows) {
    if (rows.empty()) return std::nullopt;
    return entry_of(rows[0]);
}

}  // namespace

Task<Result<std::optional<DecisionId>>> PgStandingRepository::consent(Principal who, std::string_view purpose) {
    auto const permit = permits_.permit_machine<purpose::RightsAndEvidence>(who.organisation);
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::optional<DecisionId>> {
        auto const rows =
            tx.exec(standing_consent, who.organisation.text(), who.user.text(), std::string{purpose});
        if (rows.empty()) return std::optional<DecisionId>{};
        return std::optional{storage::id_of<DecisionId>(rows[0][0])};
    });
}

Task<Result<bool>> PgStandingRepository::objects(Principal who, std::string_view purpose) {
    auto const permit = permits_.permit_machine<purpose::RightsAndEvidence>(who.organisation);
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<bool> {
        auto const rows =
            tx.exec(standing_objection, who.organisation.text(), who.user.text(), std::string{purpose});
        return !rows.empty();
    });
}

Task<Result<std::vector<Standing>>> PgConsentRepository::states(RightsPermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Standing>> {
        return standings_of(tx.exec(read_states, permit.organisation().text(), permit.actor().text()));
    });
}

Task<Result<std::vector<Standing>>> PgConsentRepository::states_at(RightsPermit const& permit,
                                                                   std::vector<std::string> purposes,
                                                                   Timestamp at) {
    storage::ArrayLiteral names;
    for (std::string const& purpose : purposes) names.add(purpose);
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Standing>> {
        return standings_of(tx.exec(read_states_at, permit.organisation().text(), permit.actor().text(),
                                    names.text(), storage::ms(at)));
    });
}

Task<Result<History>> PgConsentRepository::events(RightsPermit const& permit, ReadHistory ask) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<History> {
        auto const rows = tx.exec(read_events, permit.organisation().text(), permit.actor().text(), ask.purpose,
                                  ask.after, static_cast<std::int64_t>(ask.limit) + 1);
        History page;
        for (auto const& row : rows) page.items.push_back(entry_of(row));
        if (page.items.size() > ask.limit) {
            page.items.pop_back();
            page.next = page.items.back().sequence;
        }
        return page;
    });
}

Task<Result<std::optional<Entry>>> PgConsentRepository::latest(RightsPermit const& permit, std::string purpose) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::optional<Entry>> {
        return optional_entry_of(
            tx.exec(read_latest, permit.organisation().text(), permit.actor().text(), purpose));
    });
}

Task<Result<Entry>> PgConsentRepository::record(RightsPermit const& permit, Act act, Timestamp now) {
    bool again = false;
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<Entry> {
        // When the body runs again after a commit in doubt, the act may be in the ledger already.
        if (again)
            if (auto mine = optional_entry_of(tx.exec(read_event, permit.organisation().text(), act.event.text())))
                return *std::move(mine);
        again = true;
        return ledger_.append(tx, permit.kind(), permit.organisation(), permit.actor(), act, now);
    });
}

Task<Result<std::optional<Timestamp>>> PgConsentRepository::acknowledged(RightsPermit const& permit,
                                                                         std::string notice_version) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::optional<Timestamp>> {
        auto const rows =
            tx.exec(read_acknowledgement, permit.organisation().text(), permit.actor().text(), notice_version);
        if (rows.empty()) return std::optional<Timestamp>{};
        return storage::optional_time_of(rows[0][0]);
    });
}

Task<Result<processing::ChosenPeriods>> PgConsentRepository::chosen_periods(RightsPermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<processing::ChosenPeriods> {
        return chosen_periods_of(tx, permit.organisation());
    });
}

Task<Result<Timestamp>> PgConsentRepository::acknowledge(RightsPermit const& permit, std::string notice_version,
                                                         Timestamp now) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<Timestamp> {
        auto const organisation = permit.organisation().text();
        auto const user = permit.actor().text();
        tx.exec(add_acknowledgement, organisation, user, notice_version, storage::ms(now));
        return storage::time_of(tx.exec(read_acknowledgement, organisation, user, notice_version)[0][0]);
    });
}

}  // namespace samtal::consent
