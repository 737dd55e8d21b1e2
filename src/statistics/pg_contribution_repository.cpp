#include "pg_contribution_repository.hpp"

#include "samtal/storage/values.hpp"

#include <algorithm>
#include <limits>

namespace samtal::statistics {

namespace {

using storage::Tx;

constexpr storage::Statement last_epoch{R"sql(
-- statistics.last_epoch
SELECT epoch, closed_at IS NULL AS open
  FROM statistics_epochs
 WHERE epoch >= $1::integer AND epoch < $2::integer
 ORDER BY epoch DESC
 LIMIT 1
)sql"};

constexpr storage::Statement insert_epoch{R"sql(
-- statistics.insert_epoch
INSERT INTO statistics_epochs (epoch) VALUES ($1::integer) ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement open_epochs{R"sql(
-- statistics.open_epochs
SELECT epoch FROM statistics_epochs WHERE closed_at IS NULL AND epoch < $1::integer ORDER BY epoch
)sql"};

// Whoever closes the epoch waits for this lock, and whoever waited for the closing finds no row.
constexpr storage::Statement hold_open{R"sql(
-- statistics.hold_open
SELECT FROM statistics_epochs WHERE epoch = $1::integer AND closed_at IS NULL FOR SHARE
)sql"};

constexpr storage::Statement insert_flush{R"sql(
-- statistics.insert_flush
INSERT INTO statistics_flushes (flush_id, epoch) VALUES ($1::uuid, $2::integer) ON CONFLICT DO NOTHING
)sql"};

// In one order, so that two servers that add to the same people's rows never wait for each other in a circle.
constexpr storage::Statement add_contributions{R"sql(
-- statistics.add_contributions
INSERT INTO statistics_contributions AS c (epoch, pseudonym, metric, bucket, value)
SELECT $1::integer, pseudonym, metric, bucket, LEAST(value, ($6::integer[])[metric])
  FROM unnest($2::bytea[], $3::smallint[], $4::smallint[], $5::integer[], $7::uuid[])
    AS folded (pseudonym, metric, bucket, value, person)
 WHERE NOT EXISTS (SELECT FROM uncounted($7::uuid[]) AS u (person) WHERE u.person = folded.person)
 ORDER BY pseudonym, metric, bucket
ON CONFLICT (epoch, pseudonym, metric, bucket)
DO UPDATE SET value = LEAST(c.value + excluded.value, ($6::integer[])[c.metric])
)sql"};

// An objection is committed before this: what is added afterwards sees it, what was added before is deleted.
constexpr storage::Statement lock_open{R"sql(
-- statistics.lock_open
SELECT FROM statistics_epochs WHERE epoch = $1::integer AND closed_at IS NULL FOR UPDATE
)sql"};

constexpr storage::Statement remove_contributions{R"sql(
-- statistics.remove_contributions
DELETE FROM statistics_contributions WHERE epoch = $1::integer AND pseudonym = $2::bytea
)sql"};

struct Columns {
    storage::ArrayLiteral pseudonyms, metrics, buckets, values, people;

    explicit Columns(Flush const& flush) {
        for (UserId const& person : flush.people) people.add(person.text());
        for (PseudonymousRow const& row : flush.rows) {
            pseudonyms.add(storage::bytea(row.pseudonym));
            metrics.add(std::to_string(static_cast<unsigned>(row.metric)));
            buckets.add(std::to_string(row.bucket));
            values.add(std::to_string(row.value));
        }
    }
};

Result<Epoch> find_or_make(Tx& tx, std::uint32_t day, std::uint32_t today) {
    auto const last = tx.exec(last_epoch, first_epoch(day), first_epoch(day + 1));
    Epoch epoch = first_epoch(day);
    if (!last.empty()) {
        epoch = last[0][0].as<Epoch>();
        if (last[0][1].as<bool>()) return epoch;
        if (day < today) return find_or_make(tx, today, today);  // late: it counts among today's
        if (day_of(++epoch) != day) return Error{Errc::exhausted, "too many epochs were closed today"};
    }
    tx.exec(insert_epoch, epoch);
    return epoch;
}

std::vector<Epoch> list_open(Tx& tx, std::int64_t before) {
    std::vector<Epoch> epochs;
    for (auto const& row : tx.exec(open_epochs, before)) epochs.push_back(row[0].as<Epoch>());
    return epochs;
}

}  // namespace

Task<Result<Epoch>> PgContributionRepository::open_epoch(StatisticsPermit const& permit, std::uint32_t day,
                                                         std::uint32_t today) {
    co_return co_await db_.run(permit, [day, today](Tx& tx) { return find_or_make(tx, day, today); });
}

Task<Result<bool>> PgContributionRepository::add(StatisticsPermit const& permit, Epoch epoch, Flush const& flush) {
    Columns const columns{flush};
    std::string const limits = limits_by_metric(policies_, [](auto const& p) { return p.most_in_bucket; });
    std::string const id = uuid_text(flush.id);
    co_return co_await db_.run(permit, [&, epoch](Tx& tx) -> Result<bool> {
        if (tx.exec(hold_open, epoch).empty()) return false;
        if (tx.exec(insert_flush, id, epoch).affected_rows() == 0) return true;  // a repeat: it has been counted
        tx.exec(add_contributions, epoch, columns.pseudonyms.text(), columns.metrics.text(),
                columns.buckets.text(), columns.values.text(), limits, columns.people.text());
        return true;
    });
}

Task<Result<void>> PgContributionRepository::remove(StatisticsPermit const& permit, Epoch epoch,
                                                    std::string const& pseudonym) {
    co_return co_await db_.run(permit, [&, epoch](Tx& tx) -> Result<void> {
        if (!tx.exec(lock_open, epoch).empty()) tx.exec(remove_contributions, epoch, storage::bytea(pseudonym));
        return {};
    });
}

Task<Result<std::vector<Epoch>>> PgContributionRepository::open_before(StatisticsPermit const& permit,
                                                                       std::uint32_t day) {
    co_return co_await db_.read(
        permit, [day](Tx& tx) -> Result<std::vector<Epoch>> { return list_open(tx, first_epoch(day)); });
}

Task<Result<std::vector<Epoch>>> PgContributionRepository::all_open(StatisticsPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<std::vector<Epoch>> {
        return list_open(tx, std::numeric_limits<std::int32_t>::max());
    });
}

}  // namespace samtal::statistics
