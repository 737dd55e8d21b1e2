#include "pg_call_history_repository.hpp"

#include "samtal/storage/values.hpp"

#include <algorithm>
#include <chrono>

namespace samtal::calls {

namespace {

// Every bound is always there, so that the plan walks the index from the newest call of the page.
constexpr storage::Statement read_page{R"sql(
-- calls.page
SELECT call_id, direction, own_number, counterpart, (extract(epoch FROM started_at) * 1000)::bigint,
       (extract(epoch FROM answered_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, outcome, clock_off, stage
  FROM calls
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND started_at >= to_timestamp($3::bigint / 1000.0)
   AND (started_at, call_id) < (to_timestamp($4::bigint / 1000.0), $5::uuid)
 ORDER BY started_at DESC, call_id DESC
 LIMIT $6::int
)sql"};

// $2 and $4: milliseconds, or -1 for a default; $3 and $5: whether they stand for a date, whose midnight the
// person's time zone ($1) decides.
constexpr storage::Statement read_range{R"sql(
-- calls.statistics_range
WITH asked AS (
    SELECT to_timestamp(nullif($2::bigint, -1) / 1000.0) AS from_at, to_timestamp(nullif($4::bigint, -1) / 1000.0) AS to_at
), ends AS (
    SELECT CASE WHEN $3::boolean THEN (from_at AT TIME ZONE 'UTC') AT TIME ZONE $1::text ELSE from_at END AS from_at,
           CASE WHEN to_at IS NULL
                THEN (date_trunc('day', to_timestamp($6::bigint / 1000.0) AT TIME ZONE $1) + interval '1 day') AT TIME ZONE $1
                WHEN $5::boolean THEN (to_at AT TIME ZONE 'UTC') AT TIME ZONE $1
                ELSE to_at END AS to_at
      FROM asked
), range AS (
    SELECT coalesce(from_at, (to_at AT TIME ZONE $1 - interval '30 days') AT TIME ZONE $1) AS from_at, to_at FROM ends
)
SELECT (extract(epoch FROM from_at) * 1000)::bigint, (extract(epoch FROM to_at) * 1000)::bigint,
       (SELECT count(*) FROM generate_series(date_trunc($7::text, from_at AT TIME ZONE $1),
                                             to_at AT TIME ZONE $1 - interval '1 microsecond', ('1 ' || $7)::interval))
  FROM range
)sql"};

// What has faded to a counter stands at the beginning of its hour.
constexpr storage::Statement read_figures{R"sql(
-- calls.statistics
WITH counted AS (
    SELECT started_at, direction, outcome, 1 AS calls, floor(extract(epoch FROM ended_at - answered_at)) AS talk_s
      FROM calls
     WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND started_at >= to_timestamp($3::bigint / 1000.0)
       AND started_at < to_timestamp($4::bigint / 1000.0)
     UNION ALL
    SELECT hour, direction, outcome, calls, talk_s
      FROM call_counters
     WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND hour >= to_timestamp($3::bigint / 1000.0)
       AND hour < to_timestamp($4::bigint / 1000.0)
), figures AS (
    SELECT date_trunc($5::text, started_at AT TIME ZONE $6::text) AS bucket,
           coalesce(sum(calls) FILTER (WHERE direction = 'incoming'), 0) AS incoming,
           coalesce(sum(calls) FILTER (WHERE direction = 'outgoing'), 0) AS outgoing,
           coalesce(sum(calls) FILTER (WHERE direction = 'incoming' AND outcome <> 'answered'), 0) AS missed,
           coalesce(sum(talk_s), 0)::bigint AS talk_s
      FROM counted
     GROUP BY 1
)
SELECT (extract(epoch FROM b AT TIME ZONE $6) * 1000)::bigint, coalesce(incoming, 0), coalesce(outgoing, 0),
       coalesce(missed, 0), coalesce(talk_s, 0)
  FROM generate_series(date_trunc($5, to_timestamp($3::bigint / 1000.0) AT TIME ZONE $6),
                       to_timestamp($4::bigint / 1000.0) AT TIME ZONE $6 - interval '1 microsecond',
                       ('1 ' || $5)::interval) AS b
  LEFT JOIN figures ON bucket = b
 ORDER BY b
)sql"};

constexpr std::int64_t most_buckets = 1000;
constexpr Timestamp end_of_time{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};
constexpr Error too_many{Errc::invalid, "the range has more than 1000 buckets", "from"};

/// Asked before the database counts them, so that no range costs more than its answer.
bool surely_too_many(AskFigures const& query) {
    if (!query.from || !query.to) return false;
    std::chrono::days const longest{query.bucket == Bucket::day ? 1 : query.bucket == Bucket::week ? 7 : 31};
    return query.to->at - query.from->at > longest * (most_buckets + 2);
}

void add(Figures& sum, Figures const& more) {
    sum.incoming += more.incoming;
    sum.outgoing += more.outgoing;
    sum.missed += more.missed;
    sum.talk_s += more.talk_s;
}

}  // namespace

Task<Result<HistoryPage>> PgCallHistory::page(HistoryPermit const& permit, ListCalls query) {
    // The page ends before `to`, or before the last call of the page before it.
    CallPosition before{query.to.value_or(end_of_time), CallId::nil()};
    if (query.after && query.after->started_at < before.started_at) before = *query.after;
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<HistoryPage> {
        HistoryPage page;
        auto const rows = tx.exec(read_page, permit.organisation().text(), permit.actor().text(),
                                  storage::ms(query.from.value_or(Timestamp{})), storage::ms(before.started_at),
                                  before.call.text(), query.limit + 1);
        for (auto const& row : rows) {
            if (page.items.size() == query.limit) {
                HistoryItem const& last = page.items.back();
                page.next = CallPosition{last.times.open(permit).started_at, last.id};
                break;
            }
            auto item = item_of(permit.actor(), row);
            if (!item) return item.error();
            page.items.push_back(*std::move(item));
        }
        return page;
    });
}

Result<HistoryItem> PgCallHistory::item_of(UserId owner, pqxx::row const& row) {
    auto const id = storage::id_of<CallId>(row[0]);
    auto own = cipher_.open(owner, {field::CallsOwnNumber::column, id.value()}, storage::bytes_of(row[2]));
    if (!own) return own.error();
    std::optional<Counterpart> counterpart;
    if (!row[3].is_null()) {
        auto number =
            cipher_.open(owner, {field::CallsCounterpart::column, id.value()}, storage::bytes_of(row[3]));
        if (!number) return number.error();
        counterpart = Counterpart{*std::move(number)};
    }
    CallTimes const times{storage::time_of(row[4]), storage::optional_time_of(row[5]), storage::time_of(row[6]),
                          row[8].as<bool>()};
    return HistoryItem{id,
                       direction_named(storage::text_of(row[1])).value(),
                       OwnNumber{*std::move(own)},
                       std::move(counterpart),
                       SomeTimes{times},
                       outcome_named(storage::text_of(row[7])).value(),
                       stage_named(storage::text_of(row[9])).value()};
}

struct PgCallHistory::Range {
    std::int64_t from_ms;
    std::int64_t to_ms;
};

Result<PgCallHistory::Range> PgCallHistory::range_of(storage::Tx& tx, AskFigures const& query,
                                                     Timestamp now) const {
    auto const ms = [](std::optional<RangeEnd> const& end) {
        return end ? storage::ms(end->at) : std::int64_t{-1};
    };
    auto const is_date = [](std::optional<RangeEnd> const& end) { return end && end->is_date ? "true" : "false"; };
    auto const row = tx.exec(read_range, time_zone_, ms(query.from), is_date(query.from), ms(query.to),
                             is_date(query.to), storage::ms(now), std::string{name_of(query.bucket)})[0];
    Range const range{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
    if (range.from_ms > range.to_ms) return Error{Errc::invalid, "must not be after to", "from"};
    if (row[2].as<std::int64_t>() > most_buckets) return too_many;
    return range;
}

Task<Result<CallStatistics>> PgCallHistory::figures(HistoryPermit const& permit, AskFigures query, Timestamp now) {
    if (surely_too_many(query)) co_return too_many;
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<CallStatistics> {
        auto const range = range_of(tx, query, now);
        if (!range) return range.error();
        CallStatistics statistics;
        for (auto const& row :
             tx.exec(read_figures, permit.organisation().text(), permit.actor().text(), range->from_ms,
                     range->to_ms, std::string{name_of(query.bucket)}, time_zone_)) {
            Figures const figures{row[1].as<std::int64_t>(), row[2].as<std::int64_t>(), row[3].as<std::int64_t>(),
                                  row[4].as<std::int64_t>()};
            statistics.buckets.push_back({storage::time_of(row[0]), figures});
            add(statistics.totals, figures);
        }
        return statistics;
    });
}

}  // namespace samtal::calls
