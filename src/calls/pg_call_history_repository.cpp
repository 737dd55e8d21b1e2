#include "pg_call_history_repository.hpp"

#include "call_history_statements.hpp"
#include "pg_call_rows_repository.hpp"
#include "samtal/storage/values.hpp"

#include <chrono>

namespace samtal::calls {

namespace {

constexpr Timestamp end_of_time{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};
constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error consent_required{Errc::denied, "this needs a consent that is not given", "", "consent-required",
                                 purpose::CallHistory::name};

std::string names_of(std::vector<Outcome> const& outcomes) {
    storage::ArrayLiteral names;
    for (Outcome const outcome : outcomes) names.add(name_of(outcome));
    return names.text();
}

}  // namespace

Result<pqxx::result> PgCallHistory::rows_of(storage::Tx& tx, HistoryPermit const& permit, ListCalls const& query) {
    // The page ends before `to`, or before the last call of the page before it.
    CallPosition before{query.to.value_or(end_of_time), CallId::nil()};
    if (query.after && query.after->started_at < before.started_at) before = *query.after;
    auto const run = [&](storage::Statement const& statement, auto const&... more) {
        return tx.exec(statement, permit.organisation().text(), permit.actor().text(),
                       storage::ms(query.from.value_or(Timestamp{})), storage::ms(before.started_at),
                       before.call.text(), names_of(query.filter.outcomes_of(Direction::incoming)),
                       names_of(query.filter.outcomes_of(Direction::outgoing)), query.limit + 1, more...);
    };
    if (!query.filter.counterpart) return run(read_page);
    auto const hash = counterpart_hash(cipher_, permit.actor(), query.filter.counterpart->open(permit));
    if (!hash) return hash.error();
    return run(read_page_of_counterpart, storage::bytea(*hash));
}

Task<Result<HistoryPage>> PgCallHistory::page(HistoryPermit const& permit, ListCalls query) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<HistoryPage> {
        HistoryPage page;
        auto const rows = rows_of(tx, permit, query);
        if (!rows) return rows.error();
        for (auto const& row : *rows) {
            if (page.items.size() == query.limit) {
                HistoryItem const& last = page.items.back();
                page.next = CallPosition{last.times.open(permit).started_at, last.id};
                break;
            }
            auto item = item_of(permit.actor(), row);
            if (!item) return item.error();
            page.items.push_back(*std::move(item));
        }
        name_colleagues(tx, permit, page.items);
        return page;
    });
}

Result<std::optional<std::string>> PgCallHistory::opened(UserId owner, storage::Cell const& cell,
                                                         pqxx::field const& sealed) {
    if (sealed.is_null()) return std::optional<std::string>{};
    auto plain = cipher_.open(owner, cell, storage::bytes_of(sealed));
    if (!plain) return plain.error();
    return std::optional{*std::move(plain)};
}

Result<HistoryItem> PgCallHistory::item_of(UserId owner, pqxx::row const& row) {
    auto const id = storage::id_of<CallId>(row[0]);
    auto own = cipher_.open(owner, {field::CallsOwnNumber::column, id.value()}, storage::bytes_of(row[2]));
    if (!own) return own.error();
    auto other = opened(owner, {field::CallsCounterpart::column, id.value()}, row[3]);
    if (!other) return other.error();
    auto note = opened(owner, {field::CallsNote::column, id.value()}, row[10]);
    if (!note) return note.error();
    CallTimes const times{storage::time_of(row[4]), storage::optional_time_of(row[5]), storage::time_of(row[6]),
                          row[8].as<bool>()};
    HistoryItem item{id,
                     direction_named(storage::text_of(row[1])).value(),
                     OwnNumber{*std::move(own)},
                     std::nullopt,
                     SomeTimes{times},
                     outcome_named(storage::text_of(row[7])).value(),
                     stage_named(storage::text_of(row[9])).value()};
    if (*other) item.counterpart = Counterpart{**std::move(other)};
    if (*note) item.note = Note{**std::move(note)};
    return item;
}

void PgCallHistory::name_colleagues(storage::Tx& tx, HistoryPermit const& permit,
                                    std::vector<HistoryItem>& items) {
    std::vector<NumberAt> asked;
    for (HistoryItem const& item : items)
        asked.push_back({item.stage == Stage::full && item.counterpart ? item.counterpart->open(permit) : "",
                         item.times.open(permit).started_at});
    auto found = colleagues_.find(tx, permit, asked);
    for (std::size_t n = 0; n < items.size(); ++n) items[n].colleague = std::move(found[n]);
}

Task<Result<void>> PgCallHistory::write_note(HistoryPermit const& permit, CallId call, std::optional<Note> note) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const organisation = permit.organisation().text();
        auto const owner = permit.actor().text();
        if (tx.exec(hold_history_consent, organisation, owner).empty()) return consent_required;
        std::optional<std::string> sealed;
        if (note) {
            auto const cipher_text =
                cipher_.seal(permit.actor(), {field::CallsNote::column, call.value()}, note->open(permit));
            if (!cipher_text) return absent;  // erased a moment ago
            sealed = storage::bytea(*cipher_text);
        }
        if (tx.exec(update_note, organisation, owner, call.text(), sealed).empty()) return absent;
        return {};
    });
}

}  // namespace samtal::calls
