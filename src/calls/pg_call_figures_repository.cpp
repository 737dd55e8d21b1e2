#include "call_history_statements.hpp"
#include "pg_call_history_repository.hpp"
#include "samtal/storage/values.hpp"

// The half of PgCallHistory that counts.
namespace samtal::calls {

namespace {

/// Six columns from that one on.
Figures figures_of(pqxx::row const& row, pqxx::row::size_type first) {
    auto const at = [&](pqxx::row::size_type n) { return row[first + n].as<std::int64_t>(); };
    return {at(0), at(1), at(2), at(3), at(4), at(5)};
}

}  // namespace

Task<Result<CallStatistics>> PgCallHistory::figures(HistoryPermit const& permit, ReportRange range) {
    if (range.starts.empty()) co_return CallStatistics{};
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<CallStatistics> {
        CallStatistics statistics;
        storage::ArrayLiteral starts;
        for (Timestamp const start : range.starts) {
            statistics.buckets.push_back({start, {}});
            starts.add(rfc3339(start));
        }
        for (auto const& row : tx.exec(read_figures, permit.organisation().text(), permit.actor().text(),
                                       rfc3339(range.from), rfc3339(range.to), starts.text())) {
            Figures& bucket = statistics.buckets.at(row[0].as<std::size_t>() - 1).figures;
            bucket = figures_of(row, 1);
            add(statistics.totals, bucket);
        }
        return statistics;
    });
}

Task<Result<CounterpartStatistics>> PgCallHistory::counterparts(HistoryPermit const& permit, ReportRange range,
                                                                std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<CounterpartStatistics> {
        CounterpartStatistics statistics;
        std::vector<CallId> last_calls;
        for (auto const& row : tx.exec(read_counterparts, permit.organisation().text(), permit.actor().text(),
                                       rfc3339(range.from), rfc3339(range.to), limit)) {
            Figures const figures = figures_of(row, 3);
            add(statistics.totals, figures);
            if (row[0].as<std::size_t>() > limit) {
                statistics.rest = figures;
                continue;
            }
            auto const kind = counterpart_kind_named(storage::text_of(row[1])).value();
            statistics.items.push_back({kind, std::nullopt, std::nullopt, figures});
            last_calls.push_back(row[2].is_null() ? CallId::nil() : storage::id_of<CallId>(row[2]));
        }
        if (auto const added = add_numbers(tx, permit, last_calls, statistics.items); !added) return added.error();
        return statistics;
    });
}

/// The n-th call is the last one of the n-th item.
Result<void> PgCallHistory::add_numbers(storage::Tx& tx, HistoryPermit const& permit,
                                        std::vector<CallId> const& calls, std::vector<CounterpartFigures>& items) {
    storage::ArrayLiteral ids;
    for (CallId const& call : calls) ids.add(call.text());
    std::vector<NumberAt> asked(items.size());
    for (auto const& row :
         tx.exec(read_counterpart_numbers, permit.organisation().text(), permit.actor().text(), ids.text())) {
        std::size_t const place = row[0].as<std::size_t>() - 1;
        if (items[place].kind != CounterpartKind::number) continue;
        auto number = opened(permit.actor(), {field::CallsCounterpart::column, calls[place].value()}, row[1]);
        if (!number) return number.error();
        if (!*number) continue;
        asked[place] = {**number, storage::time_of(row[2])};
        items[place].number = Counterpart{**std::move(number)};
    }
    auto found = colleagues_.find(tx, permit, asked);
    for (std::size_t n = 0; n < items.size(); ++n) items[n].colleague = std::move(found[n]);
    return {};
}

}  // namespace samtal::calls
