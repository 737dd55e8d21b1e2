#include "pg_consent_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::consent {

namespace {

constexpr storage::Statement standing_consent{R"sql(
-- consent.standing_consent
SELECT s.event_id
  FROM consent_state s
  JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
 WHERE s.organisation_id = $1 AND s.user_id = $2 AND s.purpose = $3 AND s.state = 'given' AND u.state = 'active'
)sql"};

constexpr storage::Statement read_states{R"sql(
-- consent.read_states
SELECT purpose, state, (extract(epoch FROM since) * 1000)::bigint, notice_version, event_id
  FROM consent_state
 WHERE organisation_id = $1 AND user_id = $2
)sql"};

constexpr storage::Statement read_events{R"sql(
-- consent.read_events
SELECT purpose, state, (extract(epoch FROM acted_at) * 1000)::bigint, notice_version, event_id
  FROM consent_events
 WHERE organisation_id = $1 AND user_id = $2 AND purpose = $3
 ORDER BY event_id
)sql"};

constexpr storage::Statement append_event{R"sql(
-- consent.append_event
INSERT INTO consent_events (organisation_id, event_id, user_id, purpose, state, notice_version, terms_hash, acted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, to_timestamp($8::bigint / 1000.0))
)sql"};

// The row lock of this update waits for writes that hold the consent, and they for it: what commits first wins.
constexpr storage::Statement set_state{R"sql(
-- consent.set_state
INSERT INTO consent_state (organisation_id, user_id, purpose, state, since, notice_version, event_id)
VALUES ($1, $2, $3, $4, to_timestamp($5::bigint / 1000.0), $6, $7)
ON CONFLICT (organisation_id, user_id, purpose)
DO UPDATE SET state = excluded.state, since = excluded.since, notice_version = excluded.notice_version,
              event_id = excluded.event_id
)sql"};

Standing standing_of(pqxx::row const& row) {
    return {storage::text_of(row[0]), storage::text_of(row[1]), storage::time_of(row[2]), storage::text_of(row[3]),
            storage::id_of<DecisionId>(row[4])};
}

std::vector<Standing> standings_of(pqxx::result const& rows) {
    std::vector<Standing> standings;
    for (auto const& row : rows) standings.push_back(standing_of(row));
    return standings;
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

Task<Result<std::vector<Standing>>> PgConsentRepository::states(RightsPermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Standing>> {
        return standings_of(tx.exec(read_states, permit.organisation().text(), permit.actor().text()));
    });
}

Task<Result<std::vector<Standing>>> PgConsentRepository::events(RightsPermit const& permit,
                                                                std::string const& purpose) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Standing>> {
        return standings_of(tx.exec(read_events, permit.organisation().text(), permit.actor().text(), purpose));
    });
}

Task<Result<void>> PgConsentRepository::record(RightsPermit const& permit, Standing const& s,
                                               std::string const& terms_hash) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const organisation = permit.organisation().text();
        auto const user = permit.actor().text();
        // The state first: its lock puts two acts on one purpose in an order, for the ledger as well.
        tx.exec(set_state, organisation, user, s.purpose, s.state, storage::ms(s.since), s.notice_version,
                s.event.text());
        tx.exec(append_event, organisation, s.event.text(), user, s.purpose, s.state, s.notice_version,
                storage::bytea(terms_hash), storage::ms(s.since));
        return {};
    });
}

}  // namespace samtal::consent
