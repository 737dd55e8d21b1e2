#include "pg_figure_repository.hpp"

#include "samtal/storage/values.hpp"

#include <optional>
#include <type_traits>

namespace samtal::aggregate {

namespace {

using statistics::ReceivedFrame;
using storage::Mode;
using storage::Tx;

constexpr unsigned connections = 4;
constexpr std::size_t queue_limit = 256;

constexpr storage::Statement insert_releases{R"sql(
-- aggregate.insert_releases
INSERT INTO releases (epoch, metric, micro_epsilon, noise_numerator, noise_denominator)
SELECT DISTINCT epoch, metric, micro_epsilon, numerator, denominator
  FROM unnest($1::integer[], $2::smallint[], $3::integer[], $4::bigint[], $5::bigint[])
       AS sent (epoch, metric, micro_epsilon, numerator, denominator)
ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement insert_figures{R"sql(
-- aggregate.insert_figures
INSERT INTO figures (epoch, metric, bucket, value)
SELECT * FROM unnest($1::integer[], $2::smallint[], $3::smallint[], $4::bigint[])
ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement count_equal{R"sql(
-- aggregate.count_equal
SELECT count(*)
  FROM unnest($1::integer[], $2::smallint[], $3::smallint[], $4::bigint[]) AS sent (epoch, metric, bucket, value)
  JOIN figures USING (epoch, metric, bucket, value)
)sql"};

constexpr storage::Statement read_figures{R"sql(
-- aggregate.read_figures
SELECT epoch, bucket, value, micro_epsilon, noise_numerator, noise_denominator
  FROM figures
  JOIN releases USING (metric, epoch)
 WHERE metric = $1::smallint AND epoch >= $2::bigint AND epoch < $3::bigint
 ORDER BY epoch, bucket
)sql"};

struct Columns {
    storage::ArrayLiteral epochs, metrics, buckets, values, micro_epsilons, numerators, denominators;

    Columns(std::vector<ReceivedFrame> const& frames, statistics::Policies const& policies) {
        for (ReceivedFrame const& frame : frames) {
            auto const& policy = *policies.find(frame.metric);
            epochs.add(std::to_string(frame.epoch));
            metrics.add(std::to_string(frame.metric));
            buckets.add(std::to_string(frame.bucket));
            values.add(std::to_string(frame.value));
            micro_epsilons.add(std::to_string(policy.micro_epsilon));
            numerators.add(std::to_string(policy.noise_scale.numerator));
            denominators.add(std::to_string(policy.noise_scale.denominator));
        }
    }
};

/// `body` and the outcome live in the coroutine's frame, which waits until the job is done.
template <class Body, class R = std::invoke_result_t<Body&, Tx&>>
Task<R> run(storage::PurposePool& pool, Mode mode, Body body) {
    std::optional<R> outcome;
    storage::JobOf job{mode, [&body, &outcome](Tx& tx) {
                           outcome.emplace(body(tx));
                           return outcome->has_value();
                       }};
    if (!co_await pool.execute(job)) co_return Error{Errc::exhausted, "the database is busy"};
    co_return *std::move(outcome);
}

}  // namespace

PgFigureRepository::PgFigureRepository(storage::LoginOptions login, statistics::Policies const& policies)
    : policies_{policies}, pool_{std::move(login), connections, queue_limit, {}} {}

Task<Result<void>> PgFigureRepository::store(std::vector<ReceivedFrame> frames) {
    Columns const columns{frames, policies_};
    co_return co_await run(pool_, Mode::transaction, [&](Tx& tx) -> Result<void> {
        auto const& c = columns;
        tx.exec(insert_releases, c.epochs.text(), c.metrics.text(), c.micro_epsilons.text(), c.numerators.text(),
                c.denominators.text());
        tx.exec(insert_figures, c.epochs.text(), c.metrics.text(), c.buckets.text(), c.values.text());
        auto const equal =
            tx.exec(count_equal, c.epochs.text(), c.metrics.text(), c.buckets.text(), c.values.text());
        if (equal[0][0].as<std::size_t>() != frames.size())
            return Error{Errc::conflict, "a frame is there already with another value"};
        return {};
    });
}

Task<Result<std::vector<Figure>>> PgFigureRepository::figures(statistics::Metric metric, std::int64_t from_day,
                                                              std::int64_t to_day) {
    using statistics::epochs_a_day;
    co_return co_await run(pool_, Mode::single, [=](Tx& tx) -> Result<std::vector<Figure>> {
        std::vector<Figure> found;
        for (auto const& row : tx.exec(read_figures, static_cast<int>(metric),
                                       from_day * std::int64_t{epochs_a_day}, to_day * std::int64_t{epochs_a_day}))
            found.push_back({row[0].as<statistics::Epoch>(),
                             row[1].as<std::uint16_t>(),
                             row[2].as<std::int64_t>(),
                             row[3].as<std::uint32_t>(),
                             {row[4].as<std::uint64_t>(), row[5].as<std::uint64_t>()}});
        return found;
    });
}

void PgFigureRepository::close() {
    pool_.close();
}

}  // namespace samtal::aggregate
