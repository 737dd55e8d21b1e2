#include "pg_release_repository.hpp"

#include "samtal/storage/values.hpp"

#include <chrono>

namespace samtal::statistics {

namespace {

using storage::Tx;

constexpr storage::Statement try_election{R"sql(
-- statistics.try_election
SELECT pg_try_advisory_xact_lock(7236801)
)sql"};

constexpr storage::Statement await_election{R"sql(
-- statistics.await_election
SELECT pg_advisory_xact_lock(7236801)
)sql"};

// A day of a million people takes longer than a request may.
constexpr storage::Statement take_time{R"sql(
-- statistics.take_time
SELECT set_config('statement_timeout', '300000', true)
)sql"};

// Waits for the flushes that are adding to it.
constexpr storage::Statement lock_open{R"sql(
-- statistics.lock_open
SELECT FROM statistics_epochs WHERE epoch = $1::integer AND closed_at IS NULL FOR UPDATE
)sql"};

// Which buckets count for somebody who is in too many is drawn by a hash over the pseudonym, which is itself keyed
// with the epoch's key: nobody can choose or foretell it, and it does not depend on what others did.
constexpr storage::Statement bounded_counts{R"sql(
-- statistics.bounded_counts
SELECT metric, bucket, sum(LEAST(value, ($3::integer[])[metric]))::bigint AS count
  FROM (SELECT metric, bucket, value,
               row_number() OVER (PARTITION BY pseudonym, metric
                                  ORDER BY sha256(pseudonym || int2send(metric) || int2send(bucket))) AS place
          FROM statistics_contributions
         WHERE epoch = $1::integer) AS placed
 WHERE place <= ($2::integer[])[metric]
 GROUP BY metric, bucket
)sql"};

constexpr storage::Statement spent{R"sql(
-- statistics.spent
SELECT coalesce(sum(micro_epsilon), 0)::bigint FROM statistics_budget WHERE year = $1::smallint
)sql"};

constexpr storage::Statement charge_budget{R"sql(
-- statistics.charge_budget
INSERT INTO statistics_budget (year, metric, epoch, micro_epsilon)
VALUES ($1::smallint, $2::smallint, $3::integer, $4::integer)
)sql"};

constexpr storage::Statement insert_outbox{R"sql(
-- statistics.insert_outbox
INSERT INTO statistics_outbox (epoch, frames) VALUES ($1::integer, $2::bytea)
)sql"};

constexpr storage::Statement delete_contributions{R"sql(
-- statistics.delete_contributions
DELETE FROM statistics_contributions WHERE epoch = $1::integer
)sql"};

// The ids of flushes outlive their epoch by a day, because a repeat may come after the closing.
constexpr storage::Statement delete_flushes{R"sql(
-- statistics.delete_flushes
DELETE FROM statistics_flushes WHERE epoch < $1::integer
)sql"};

constexpr storage::Statement mark_closed{R"sql(
-- statistics.mark_closed
UPDATE statistics_epochs SET closed_at = now() WHERE epoch = $1::integer
)sql"};

constexpr storage::Statement waiting_releases{R"sql(
-- statistics.waiting_releases
SELECT epoch, frames FROM statistics_outbox WHERE delivered_at IS NULL ORDER BY epoch LIMIT 64
)sql"};

constexpr storage::Statement confirm_delivery{R"sql(
-- statistics.confirm_delivery
UPDATE statistics_outbox SET delivered_at = now() WHERE epoch = $1::integer AND delivered_at IS NULL
)sql"};

constexpr storage::Statement delivered{R"sql(
-- statistics.delivered
SELECT FROM statistics_outbox WHERE epoch = $1::integer AND delivered_at IS NOT NULL
)sql"};

int year_of(Epoch epoch) {
    std::chrono::year_month_day const date{std::chrono::sys_days{std::chrono::days{day_of(epoch)}}};
    return static_cast<int>(date.year());
}

/// Counts against the year in which the people did what is counted, whenever it is released.
class PgReleaseTransaction final : public ReleaseTransaction {
public:
    PgReleaseTransaction(Tx& tx, std::int64_t cap, Epoch epoch)
        : tx_{tx}, left_{cap - tx.exec(spent, year_of(epoch))[0][0].as<std::int64_t>()} {}

    bool charge(MetricPolicy const& policy, Epoch epoch) override {
        if (left_ < policy.micro_epsilon) return false;
        left_ -= policy.micro_epsilon;
        tx_.exec(charge_budget, year_of(epoch), static_cast<int>(policy.metric), epoch, policy.micro_epsilon);
        return true;
    }
    void put(Frame const& frame) override { frame.append_to(frames_); }
    [[nodiscard]] std::string const& frames() const noexcept { return frames_; }

private:
    Tx& tx_;
    std::int64_t left_;
    std::string frames_;
};

/// Every bucket of the policies has a count, so that a release tells nothing by its length. Buckets that no policy
/// knows (labels were taken from the file) are left out.
Counts count(Tx& tx, Policies const& policies, Epoch epoch) {
    Counts counts;
    for (MetricPolicy const& policy : policies.all()) counts.emplace_back(policy.labels.size(), 0);
    auto const most_buckets = limits_by_metric(policies, [](auto const& p) { return p.most_buckets; });
    auto const most_in_bucket = limits_by_metric(policies, [](auto const& p) { return p.most_in_bucket; });
    for (auto const& row : tx.exec(bounded_counts, epoch, most_buckets, most_in_bucket)) {
        auto& buckets = counts.at(row[0].as<std::size_t>() - 1);
        auto const bucket = row[1].as<std::size_t>();
        if (bucket < buckets.size()) buckets[bucket] = row[2].as<std::int64_t>();
    }
    return counts;
}

void finish(Tx& tx, Epoch epoch) {
    tx.exec(delete_contributions, epoch);
    tx.exec(delete_flushes, first_epoch(day_of(epoch) - 1));
    tx.exec(mark_closed, epoch);
}

Result<Closing> close_in(Tx& tx, Policies const& policies, Epoch epoch, bool wait,
                         PgReleaseRepository::Release const& release) {
    if (wait)
        tx.exec(await_election);
    else if (!tx.exec(try_election)[0][0].as<bool>())
        return Closing::left_to_another;
    tx.exec(take_time);
    if (tx.exec(lock_open, epoch).empty()) return Closing::already_closed;
    PgReleaseTransaction transaction{tx, policies.yearly_micro_epsilon(), epoch};
    if (auto const done = release(transaction, count(tx, policies, epoch)); !done) return done.error();
    tx.exec(insert_outbox, epoch, storage::bytea(transaction.frames()));
    finish(tx, epoch);
    return Closing::released;
}

}  // namespace

Task<Result<Closing>> PgReleaseRepository::close(StatisticsPermit const& permit, Epoch epoch, bool wait,
                                                 Release release) {
    co_return co_await db_.run(permit,
                               [&, epoch, wait](Tx& tx) { return close_in(tx, policies_, epoch, wait, release); });
}

Task<Result<void>> PgReleaseRepository::close_unreleased(StatisticsPermit const& permit, Epoch epoch) {
    co_return co_await db_.run(permit, [epoch](Tx& tx) -> Result<void> {
        tx.exec(take_time);
        if (!tx.exec(lock_open, epoch).empty()) finish(tx, epoch);
        return {};
    });
}

Task<Result<std::vector<WaitingRelease>>> PgReleaseRepository::waiting(StatisticsPermit const& permit) {
    co_return co_await db_.read(permit, [](Tx& tx) -> Result<std::vector<WaitingRelease>> {
        std::vector<WaitingRelease> found;
        for (auto const& row : tx.exec(waiting_releases))
            found.push_back({row[0].as<Epoch>(), storage::bytes_of(row[1])});
        return found;
    });
}

Task<Result<void>> PgReleaseRepository::mark_delivered(StatisticsPermit const& permit, Epoch epoch) {
    co_return co_await db_.read(permit, [epoch](Tx& tx) -> Result<void> {
        tx.exec(confirm_delivery, epoch);
        return {};
    });
}

Task<Result<bool>> PgReleaseRepository::is_delivered(StatisticsPermit const& permit, Epoch epoch) {
    co_return co_await db_.read(permit,
                                [epoch](Tx& tx) -> Result<bool> { return !tx.exec(delivered, epoch).empty(); });
}

}  // namespace samtal::statistics
