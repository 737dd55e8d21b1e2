#include "pg_retention_repository.hpp"

#include "retention_lock_statements.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::retention {

namespace {

using storage::ms;
using storage::Tx;

constexpr storage::Statement try_election{R"sql(
-- retention.try_election
SELECT pg_try_advisory_xact_lock(7236901)
)sql"};

// A held person's rows are skipped one by one, and there may be many; nobody waits for this.
constexpr storage::Statement take_time{R"sql(
-- retention.take_time
SELECT set_config('statement_timeout', '300000', true)
)sql"};

constexpr storage::Statement count_due{R"sql(
-- retention.count_due
SELECT retention_count($1::text, $2::interval, $3::interval, to_timestamp($4::bigint / 1000.0))
)sql"};

constexpr storage::Statement delete_due{R"sql(
-- retention.delete_due
SELECT deleted, coalesce(floor(extract(epoch FROM reached) * 1000), 0)::bigint
  FROM retention_delete($1::text, $2::interval, to_timestamp($3::bigint / 1000.0), to_timestamp($4::bigint / 1000.0), $5::integer)
)sql"};

constexpr storage::Statement recent_run{R"sql(
-- retention.recent_run
SELECT FROM retention_runs WHERE kind = 'scheduled' AND began_at > to_timestamp($1::bigint / 1000.0) LIMIT 1
)sql"};

constexpr storage::Statement insert_run{R"sql(
-- retention.insert_run
INSERT INTO retention_runs (run_id, kind, moment, began_at)
VALUES ($1::uuid, $2::text, to_timestamp($3::bigint / 1000.0), to_timestamp($4::bigint / 1000.0))
    ON CONFLICT (run_id) DO NOTHING
)sql"};

// Reports hold nobody's data; two years of them are enough for any question.
constexpr storage::Statement delete_old_runs{R"sql(
-- retention.delete_old_runs
DELETE FROM retention_runs WHERE run_id IN (
       SELECT run_id FROM retention_runs
        WHERE began_at < to_timestamp($1::bigint / 1000.0) - interval '2 years' ORDER BY began_at LIMIT 100)
)sql"};

constexpr storage::Statement end_run{R"sql(
-- retention.end_run
UPDATE retention_runs SET ended_at = to_timestamp($2::bigint / 1000.0) WHERE run_id = $1::uuid
)sql"};

constexpr storage::Statement insert_counts{R"sql(
-- retention.insert_counts
INSERT INTO retention_run_counts (run_id, category, deleted)
SELECT $1::uuid, category, deleted FROM unnest($2::text[], $3::bigint[]) AS i (category, deleted)
    ON CONFLICT (run_id, category) DO NOTHING
)sql"};

constexpr storage::Statement list_reports{R"sql(
-- retention.list_reports
SELECT r.run_id, r.kind, (extract(epoch FROM r.moment) * 1000)::bigint, (extract(epoch FROM r.began_at) * 1000)::bigint,
       (extract(epoch FROM r.ended_at) * 1000)::bigint, c.category, c.deleted
  FROM (SELECT * FROM retention_runs ORDER BY began_at DESC LIMIT $1::bigint) AS r
  LEFT JOIN retention_run_counts c ON c.run_id = r.run_id
 ORDER BY r.began_at DESC, r.run_id, c.category
)sql"};

Report report_of(pqxx::row const& row) {
    RunKind const kind = storage::text_of(row[1]) == "scheduled" ? RunKind::scheduled : RunKind::manual;
    return {{storage::text_of(row[0]), kind, storage::time_of(row[2])},
            storage::time_of(row[3]),
            storage::optional_time_of(row[4]),
            {}};
}

}  // namespace

Task<Result<std::int64_t>> PgRetentionRepository::count(RetentionPermit const& permit, Rule const& rule,
                                                        Timestamp moment, bool overdue) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::int64_t> {
        tx.exec(take_time);
        std::string const lag = overdue ? rule.lag : "P0D";
        return tx.exec(count_due, rule.category, rule.duration, lag, ms(moment))[0][0].as<std::int64_t>();
    });
}

Task<Result<Batch>> PgRetentionRepository::delete_batch(RetentionPermit const& permit, Rule const& rule,
                                                        Timestamp moment, Timestamp beginning, unsigned most) {
    co_return co_await db_.run(permit, [&, most](Tx& tx) -> Result<Batch> {
        tx.exec(take_time);
        tx.exec(lock_deletion);
        auto const row = tx.exec(delete_due, rule.category, rule.duration, ms(moment), ms(beginning), most)[0];
        return Batch{row[0].as<std::int64_t>(), storage::time_of(row[1])};
    });
}

Task<Result<bool>> PgRetentionRepository::begin(RetentionPermit const& permit, Run const& run, Timestamp now,
                                                Timestamp unless_since) {
    co_return co_await db_.run(permit, [&, now, unless_since](Tx& tx) -> Result<bool> {
        if (run.kind == RunKind::scheduled) {
            if (!tx.exec(try_election)[0][0].as<bool>()) return false;
            if (!tx.exec(recent_run, ms(unless_since)).empty()) return false;
        }
        tx.exec(delete_old_runs, ms(now));
        tx.exec(insert_run, run.id, run.kind == RunKind::scheduled ? "scheduled" : "manual", ms(run.moment),
                ms(now));
        return true;
    });
}

Task<Result<void>> PgRetentionRepository::end(RetentionPermit const& permit, Run const& run, Counts const& counts,
                                              Timestamp now) {
    co_return co_await db_.run(permit, [&, now](Tx& tx) -> Result<void> {
        storage::ArrayLiteral categories, deleted;
        for (auto const& [category, rows] : counts) {
            categories.add(category);
            deleted.add(std::to_string(rows));
        }
        tx.exec(insert_counts, run.id, categories.text(), deleted.text());
        tx.exec(end_run, run.id, ms(now));
        return {};
    });
}

Task<Result<std::vector<Report>>> PgRetentionRepository::reports(RetentionPermit const& permit, unsigned limit) {
    co_return co_await db_.read(permit, [limit](Tx& tx) -> Result<std::vector<Report>> {
        std::vector<Report> found;
        for (auto const& row : tx.exec(list_reports, limit)) {
            if (found.empty() || found.back().run.id != storage::text_of(row[0])) found.push_back(report_of(row));
            if (!row[5].is_null())
                found.back().counts.emplace(storage::text_of(row[5]), row[6].as<std::int64_t>());
        }
        return found;
    });
}

}  // namespace samtal::retention
