#include "pg_session_repository.hpp"

#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::identity {

using storage::bytea;
using storage::ms;
using storage::Statement;
using storage::Tx;

namespace {

constexpr Error not_signed_in{Errc::unauthenticated, "no valid credential"};
constexpr Error no_such_session{Errc::not_found, "no such thing"};

// A password change waits for this lock, and then sees the new session and ends it; or this waits for the change,
// and finds another password.
constexpr Statement hold_credentials{R"sql(
-- identity.hold_credentials
SELECT 1
  FROM credentials c
  JOIN users u USING (organisation_id, user_id)
 WHERE c.organisation_id = $1::uuid AND c.user_id = $2::uuid AND c.password_hash = $3::bytea AND u.state = 'active'
   FOR SHARE
)sql"};

constexpr Statement add_session{R"sql(
-- identity.add_session
INSERT INTO sessions (organisation_id, session_id, user_id, token_salt, access_expires_at, remembered, idle_expires_at,
                      absolute_expires_at, device, platform, created_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, to_timestamp($5::bigint / 1000.0), $6::boolean,
        to_timestamp($7::bigint / 1000.0), to_timestamp($8::bigint / 1000.0), NULLIF($9, '')::bytea, $10,
        to_timestamp($11::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

constexpr Statement find_session{R"sql(
-- identity.find_session
SELECT s.organisation_id, s.user_id, s.session_id, s.token_salt, s.generation, s.remembered,
       (extract(epoch FROM s.access_expires_at) * 1000)::bigint AS access_expires_at,
       (extract(epoch FROM s.successor_expires_at) * 1000)::bigint AS successor_expires_at,
       (extract(epoch FROM s.idle_expires_at) * 1000)::bigint AS idle_expires_at,
       (extract(epoch FROM s.absolute_expires_at) * 1000)::bigint AS absolute_expires_at,
       (extract(epoch FROM s.stepped_up_until) * 1000)::bigint AS stepped_up_until,
       u.restricted_at IS NOT NULL AS restricted
  FROM sessions s
  JOIN users u USING (organisation_id, user_id)
 WHERE s.session_id = $1::uuid AND u.state = 'active'
)sql"};

constexpr Statement lock_session{R"sql(
-- identity.lock_session
SELECT s.organisation_id, s.user_id, s.session_id, s.token_salt, s.generation, s.remembered,
       (extract(epoch FROM s.access_expires_at) * 1000)::bigint AS access_expires_at,
       (extract(epoch FROM s.successor_expires_at) * 1000)::bigint AS successor_expires_at,
       (extract(epoch FROM s.idle_expires_at) * 1000)::bigint AS idle_expires_at,
       (extract(epoch FROM s.absolute_expires_at) * 1000)::bigint AS absolute_expires_at,
       (extract(epoch FROM s.stepped_up_until) * 1000)::bigint AS stepped_up_until,
       u.restricted_at IS NOT NULL AS restricted
  FROM sessions s
  JOIN users u USING (organisation_id, user_id)
 WHERE s.session_id = $1::uuid AND u.state = 'active'
   FOR NO KEY UPDATE OF s
)sql"};

constexpr Statement store_session{R"sql(
-- identity.store_session
UPDATE sessions
   SET generation = $3::integer, access_expires_at = to_timestamp($4::bigint / 1000.0),
       successor_expires_at = to_timestamp(NULLIF($5::bigint, 0) / 1000.0),
       idle_expires_at = to_timestamp($6::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND session_id = $2::uuid
)sql"};

// A cookie's session; the greater time wins when two requests extend it at once.
constexpr Statement extend_session{R"sql(
-- identity.extend_session
UPDATE sessions
   SET access_expires_at = to_timestamp($3::bigint / 1000.0), idle_expires_at = to_timestamp($3::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND session_id = $2::uuid AND idle_expires_at < to_timestamp($3::bigint / 1000.0)
)sql"};

constexpr Statement step_up_session{R"sql(
-- identity.step_up_session
UPDATE sessions SET stepped_up_until = to_timestamp($4::bigint / 1000.0)
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND session_id = $3::uuid
)sql"};

constexpr Statement delete_session{R"sql(
-- identity.delete_session
DELETE FROM sessions
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND session_id = $3::uuid
RETURNING session_id
)sql"};

constexpr Statement list_sessions{R"sql(
-- identity.list_sessions
SELECT session_id, (extract(epoch FROM created_at) * 1000)::bigint AS created_at, device, platform,
       (extract(epoch FROM idle_expires_at) * 1000)::bigint AS expires_at
  FROM sessions
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND idle_expires_at > to_timestamp($3::bigint / 1000.0)
   AND (created_at, session_id) < (to_timestamp($4::bigint / 1000.0), $5::uuid)
 ORDER BY created_at DESC, session_id DESC
 LIMIT $6::bigint
)sql"};

constexpr Statement delete_ended_sessions{R"sql(
-- identity.delete_ended_sessions
DELETE FROM sessions
 WHERE (organisation_id, session_id) IN (
       SELECT s.organisation_id, s.session_id
         FROM sessions s
         JOIN users u USING (organisation_id, user_id)
        WHERE s.idle_expires_at < to_timestamp($1::bigint / 1000.0) OR u.state <> 'active'
        LIMIT 1000)
RETURNING organisation_id, user_id, session_id
)sql"};

Principal principal_of(pqxx::row const& row) {
    return {storage::id_of<OrganisationId>(row["organisation_id"]), storage::id_of<UserId>(row["user_id"]),
            storage::id_of<SessionId>(row["session_id"])};
}

std::optional<SessionRow> row_of(pqxx::result const& rows) {
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    SessionRow s{.who = principal_of(row),
                 .salt = {},
                 .generation = row["generation"].as<std::uint32_t>(),
                 .remembered = row["remembered"].as<bool>(),
                 .access_expires_at = storage::time_of(row["access_expires_at"]),
                 .successor_expires_at = storage::optional_time_of(row["successor_expires_at"]),
                 .idle_expires_at = storage::time_of(row["idle_expires_at"]),
                 .absolute_expires_at = storage::time_of(row["absolute_expires_at"]),
                 .stepped_up_until = storage::optional_time_of(row["stepped_up_until"])};
    s.who.restricted = row["restricted"].as<bool>();
    std::string const salt = storage::bytes_of(row["token_salt"]);
    std::copy_n(reinterpret_cast<unsigned char const*>(salt.data()), std::min(salt.size(), s.salt.size()),
                s.salt.begin());
    return s;
}

void store(Tx& tx, SessionRow const& row) {
    tx.exec(store_session, row.who.organisation.text(), row.who.session.text(), std::int64_t{row.generation},
            ms(row.access_expires_at), row.successor_expires_at ? ms(*row.successor_expires_at) : std::int64_t{0},
            ms(row.idle_expires_at));
}

storage::Cell device_cell(SessionId session) {
    return {field::SessionsDevice::column, session.value()};
}

}  // namespace

std::optional<SessionRow> PgSessionRepository::lock(Tx& tx, SessionId id) {
    return row_of(tx.exec(lock_session, id.text()));
}

Task<Result<void>> PgSessionRepository::add(AccountPermit const& permit, Credentials const& checked,
                                            NewSession s) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        SessionRow const& row = s.row;
        std::string const organisation = row.who.organisation.text();
        std::string const user = row.who.user.text();
        if (tx.exec(hold_credentials, organisation, user, bytea(checked.sealed_hash)).empty())
            return not_signed_in;
        std::string device;
        if (s.device) {
            auto sealed = cipher_.seal(row.who.user, device_cell(row.who.session), s.device->open(permit));
            if (!sealed) return not_signed_in;  // erased meanwhile
            device = bytea(*sealed);
        }
        std::string const salt{row.salt.begin(), row.salt.end()};
        tx.exec(add_session, organisation, row.who.session.text(), user, bytea(salt), ms(row.access_expires_at),
                row.remembered, ms(row.idle_expires_at), ms(row.absolute_expires_at), device, s.platform,
                ms(s.now));
        return {};
    });
}

Task<Result<std::optional<SessionRow>>> PgSessionRepository::find(AccountPermit const& permit, SessionId id) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::optional<SessionRow>> {
        return row_of(tx.exec(find_session, id.text()));
    });
}

Task<Result<PgSessionRepository::Refreshed>> PgSessionRepository::refresh(AccountPermit const& permit, Token token,
                                                                          TokenMint const& mint, Timestamp now) {
    std::optional<Refreshed> ended;  // outside: the body may run again after a commit in doubt
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<Refreshed> {
        auto row = lock(tx, token.session);
        if (!row && ended) return *ended;
        if (!row || !mint.belongs(token, row->salt)) return not_signed_in;
        Refresh const verdict = judge_refresh(*row, token.generation, now);
        if (verdict == Refresh::refused) return not_signed_in;
        if (verdict == Refresh::store) store(tx, *row);
        if (verdict == Refresh::end) {
            tx.exec(delete_session, row->who.organisation.text(), row->who.user.text(), row->who.session.text());
            ended = Refreshed{verdict, *row};
        }
        return Refreshed{verdict, *row};
    });
}

Task<Result<void>> PgSessionRepository::first_use(AccountPermit const& permit, SessionId id,
                                                  std::uint32_t generation, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        auto row = lock(tx, id);
        if (!row || judge_access(*row, generation, now) != Access::first_use) return {};
        promote(*row, now);
        store(tx, *row);
        return {};
    });
}

Task<Result<void>> PgSessionRepository::extend(AccountPermit const& permit, SessionRow const& row) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(extend_session, row.who.organisation.text(), row.who.session.text(), ms(row.idle_expires_at));
        return {};
    });
}

Task<Result<void>> PgSessionRepository::step_up(AccountPermit const& permit, Principal who, Timestamp until) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(step_up_session, who.organisation.text(), who.user.text(), who.session.text(), ms(until));
        return {};
    });
}

Task<Result<void>> PgSessionRepository::end(AccountPermit const& permit, Principal owner, SessionId id) {
    bool found = false;  // outside: the body may run again after a commit in doubt
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        found |= !tx.exec(delete_session, owner.organisation.text(), owner.user.text(), id.text()).empty();
        if (!found) return no_such_session;
        return {};
    });
}

Task<Result<std::vector<StoredSession>>> PgSessionRepository::list(AccountPermit const& permit,
                                                                   SessionQuery const& q, Timestamp now) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<StoredSession>> {
        // The newest page begins before the end of time.
        std::int64_t const before = q.after ? ms(q.after->created_at) : std::int64_t{253'402'300'799'000};
        std::string const id = q.after ? q.after->session.text() : "ffffffff-ffff-ffff-ffff-ffffffffffff";
        std::vector<StoredSession> found;
        for (auto const& row : tx.exec(list_sessions, q.who.organisation.text(), q.who.user.text(), ms(now),
                                       before, id, static_cast<std::int64_t>(q.limit) + 1)) {
            auto const session = storage::id_of<SessionId>(row["session_id"]);
            std::optional<Personal<std::string, field::SessionsDevice>> device;
            if (!row["device"].is_null()) {
                auto opened = cipher_.open(q.who.user, device_cell(session), storage::bytes_of(row["device"]));
                if (!opened) return opened.error();
                device.emplace(*std::move(opened));
            }
            found.push_back(
                {session, Personal<Timestamp, field::SessionsCreatedAt>{storage::time_of(row["created_at"])},
                 std::move(device),
                 Personal<std::string, field::SessionsPlatform>{storage::text_of(row["platform"])},
                 Personal<Timestamp, field::SessionsIdleExpiresAt>{storage::time_of(row["expires_at"])}});
        }
        return found;
    });
}

Task<Result<std::vector<Principal>>> PgSessionRepository::sweep(AccountPermit const& permit, Timestamp now) {
    std::vector<Principal> ended;  // outside: the body may run again after a commit in doubt
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::vector<Principal>> {
        for (auto const& row : tx.exec(delete_ended_sessions, ms(now))) ended.push_back(principal_of(row));
        return ended;
    });
}

}  // namespace samtal::identity
