#include "handlers.hpp"

#include "history_codec.hpp"

#include <algorithm>

namespace samtal::calls {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::CallHistory;

// So that a table takes little memory, whatever people wrote into their notes.
constexpr std::size_t calls_at_once = 200;
constexpr std::size_t most_table_bytes = 4 * 1024 * 1024;

Task<Result<Reply>> list(HistoryService& history, HistoryPermit permit, ListCalls query) {
    auto const page = co_await history.list(permit, std::move(query));
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> table(HistoryService& history, HistoryPermit permit, TableOfCalls wanted) {
    std::string text = csv_head();
    ListCalls query = wanted.calls;
    for (std::size_t left = wanted.calls.limit; left > 0 && text.size() < most_table_bytes;) {
        query.limit = std::min(left, calls_at_once);
        auto const page = co_await history.list(permit, query);
        if (!page) co_return page.error();
        text += encode_csv(permit, *page);
        left -= page->items.size();
        query.after = page->next;
        if (!query.after) break;
    }
    std::vector<net::Header> headers{{"Content-Disposition", "attachment; filename=\"calls.csv\""}};
    if (query.after) headers.push_back({"Link", link_to_next(wanted, *query.after)});
    co_return Reply{200, std::move(text), std::move(headers), "text/csv; charset=utf-8"};
}

Task<Result<Reply>> write_note(HistoryService& history, HistoryPermit permit, NoteOfCall wanted) {
    auto const done = co_await history.write_note(permit, wanted.call, *std::move(wanted.note));
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> remove_note(HistoryService& history, HistoryPermit permit, NoteOfCall wanted) {
    auto const done = co_await history.remove_note(permit, wanted.call);
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> statistics(HistoryService& history, HistoryPermit permit, AskFigures query) {
    auto const found = co_await history.statistics(permit, std::move(query));
    if (!found) co_return found.error();
    co_return Reply{200, encode(*found), {}};
}

Task<Result<Reply>> counterparts(HistoryService& history, HistoryPermit permit, AskCounterparts query) {
    auto const found = co_await history.counterparts(permit, std::move(query));
    if (!found) co_return found.error();
    co_return Reply{200, encode(permit, *found), {}};
}

}  // namespace

void add_routes(gateway::Router& router, HistoryService& history) {
    auto const with = [&history](auto handler) {
        return [&history, handler](HistoryPermit permit, auto command) {
            return handler(history, std::move(permit), std::move(command));
        };
    };
    router.person<P>(Method::get, "/v1/calls", decode_list, with(list));
    router.person<P>(Method::get, "/v1/calls.csv", decode_table, with(table));
    router.person<P>(Method::put, "/v1/calls/{call_id}/note", decode_new_note, with(write_note));
    router.person<P>(Method::del, "/v1/calls/{call_id}/note", decode_no_note, with(remove_note));
    router.person<P>(Method::get, "/v1/calls/statistics", decode_figures, with(statistics));
    router.person<P>(Method::get, "/v1/calls/statistics/counterparts", decode_counterparts, with(counterparts));
}

}  // namespace samtal::calls
