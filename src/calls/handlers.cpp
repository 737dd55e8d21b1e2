#include "handlers.hpp"

#include "calls_codec.hpp"

namespace samtal::calls {

namespace {

using gateway::Reply;

Task<Result<Reply>> list(CallsService& calls, HistoryPermit permit, ListCalls query) {
    auto const page = co_await calls.list(permit, query);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> statistics(CallsService& calls, HistoryPermit permit, AskFigures query) {
    auto const found = co_await calls.statistics(permit, query);
    if (!found) co_return found.error();
    co_return Reply{200, encode(*found), {}};
}

}  // namespace

void add_routes(gateway::Router& router, CallsService& calls) {
    using net::Method;
    router.person<purpose::CallHistory>(
        Method::get, "/v1/calls", decode_list,
        [&calls](HistoryPermit permit, ListCalls query) { return list(calls, std::move(permit), query); });
    router.person<purpose::CallHistory>(
        Method::get, "/v1/calls/statistics", decode_figures,
        [&calls](HistoryPermit permit, AskFigures query) { return statistics(calls, std::move(permit), query); });
}

}  // namespace samtal::calls
