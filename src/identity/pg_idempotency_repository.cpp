#include "pg_idempotency_repository.hpp"

#include "samtal/storage/values.hpp"

#include <chrono>
#include <string>

namespace samtal::identity {

using storage::bytea;
using storage::ms;
using storage::Statement;
using storage::Tx;
using Login = purpose::AccountLogin;

namespace {

constexpr std::chrono::hours kept{24};
constexpr std::chrono::minutes abandoned{1};  // far longer than any request may run
constexpr std::uint64_t sweep_each = 256;

constexpr Error key_reused{Errc::invalid, "this Idempotency-Key was used for another request", "",
                           "idempotency-key-reused"};
constexpr Error in_progress{Errc::conflict, "the first request with this key is still running", "", "in-progress"};

constexpr Statement delete_outdated_request{R"sql(
-- identity.delete_outdated_request
DELETE FROM idempotent_requests
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND route = $3 AND key_hash = $4::bytea
   AND (created_at < to_timestamp($5::bigint / 1000.0)
        OR (status IS NULL AND created_at < to_timestamp($6::bigint / 1000.0)))
)sql"};

constexpr Statement begin_request{R"sql(
-- identity.begin_request
INSERT INTO idempotent_requests (organisation_id, user_id, route, key_hash, body_hash)
VALUES ($1::uuid, $2::uuid, $3, $4::bytea, $5::bytea)
ON CONFLICT (organisation_id, user_id, route, key_hash) DO NOTHING
RETURNING route
)sql"};

constexpr Statement find_request{R"sql(
-- identity.find_request
SELECT body_hash, status, answer FROM idempotent_requests
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND route = $3 AND key_hash = $4::bytea
)sql"};

constexpr Statement keep_answer{R"sql(
-- identity.keep_answer
UPDATE idempotent_requests SET status = $5::integer, answer = $6
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND route = $3 AND key_hash = $4::bytea AND status IS NULL
)sql"};

constexpr Statement forget_request{R"sql(
-- identity.forget_request
DELETE FROM idempotent_requests
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND route = $3 AND key_hash = $4::bytea AND status IS NULL
)sql"};

constexpr Statement delete_old_requests{R"sql(
-- identity.delete_old_requests
DELETE FROM idempotent_requests
 WHERE (organisation_id, user_id, route, key_hash) IN (
       SELECT organisation_id, user_id, route, key_hash FROM idempotent_requests
        WHERE created_at < to_timestamp($1::bigint / 1000.0) ORDER BY created_at LIMIT 500)
)sql"};

}  // namespace

Task<Result<std::optional<PgIdempotencyRepository::Earlier>>> PgIdempotencyRepository::begin(
    Principal who, std::string_view route, std::string_view key, std::string_view body) {
    using Answer = Result<std::optional<Earlier>>;
    Timestamp const now = clock_();
    if (begun_.fetch_add(1) % sweep_each == 0) co_await sweep(now);
    auto const permit = co_await permits_.permit<Login>(who, who.user);
    if (!permit) co_return permit.error();
    std::string const key_hash = bytea(keys_.keyed_hash("idempotency-key", key));
    std::string const body_hash = keys_.keyed_hash("idempotency-body", body);
    bool inserted = false;  // outside: the body may run again after a commit in doubt, and must know its own row
    co_return co_await db_.run(*permit, [&](Tx& tx) -> Answer {
        std::string const organisation = who.organisation.text();
        std::string const user = who.user.text();
        std::string const path{route};
        tx.exec(delete_outdated_request, organisation, user, path, key_hash, ms(now - kept), ms(now - abandoned));
        if (!tx.exec(begin_request, organisation, user, path, key_hash, bytea(body_hash)).empty()) {
            inserted = true;
            return std::optional<Earlier>{};
        }
        auto const rows = tx.exec(find_request, organisation, user, path, key_hash);
        if (rows.empty()) return in_progress;  // it failed a moment ago: the next try is the first
        if (storage::bytes_of(rows[0]["body_hash"]) != body_hash) return key_reused;
        if (!rows[0]["status"].is_null())
            return std::optional<Earlier>{{rows[0]["status"].as<int>(), storage::text_of(rows[0]["answer"])}};
        if (inserted) return std::optional<Earlier>{};
        return in_progress;
    });
}

Task<void> PgIdempotencyRepository::finish(Principal who, std::string_view route, std::string_view key,
                                           std::optional<Earlier> answer) {
    auto const permit = co_await permits_.permit<Login>(who, who.user);
    if (!permit) co_return;  // the row is given free by its age
    std::string const key_hash = bytea(keys_.keyed_hash("idempotency-key", key));
    // A full queue only: then the key is given free by its age as well.
    [[maybe_unused]] auto const done = co_await db_.run(*permit, [&](Tx& tx) -> Result<void> {
        std::string const path{route};
        if (answer)
            tx.exec(keep_answer, who.organisation.text(), who.user.text(), path, key_hash, answer->status,
                    answer->json);
        else
            tx.exec(forget_request, who.organisation.text(), who.user.text(), path, key_hash);
        return {};
    });
}

Task<void> PgIdempotencyRepository::sweep(Timestamp now) {
    auto const permit = permits_.permit_doorstep<Login>();
    [[maybe_unused]] auto const done = co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(delete_old_requests, ms(now - kept));
        return {};
    });
}

}  // namespace samtal::identity
