#include "handlers.hpp"

#include "calls_codec.hpp"

namespace samtal::calls {

namespace {

using gateway::Reply;

constexpr std::size_t batch_bytes = 1024 * 1024;

Task<Result<Reply>> ingest(CallsService& calls, SetupPermit permit, IngestCalls batch) {
    auto const report = co_await calls.ingest(std::move(permit), std::move(batch));
    if (!report) co_return report.error();
    co_return Reply{200, encode(*report), {}};
}

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
    router.machine<purpose::CallSetup>(Method::post, "/v1/ingest/calls", decode_ingest,
                                       [&calls](SetupPermit permit, IngestCalls batch) {
                                           return ingest(calls, std::move(permit), std::move(batch));
                                       },
                                       {.body_limit = batch_bytes, .any_array = true});
    router.person<purpose::CallHistory>(
        Method::get, "/v1/calls", decode_list,
        [&calls](HistoryPermit permit, ListCalls query) { return list(calls, std::move(permit), query); });
    router.person<purpose::CallHistory>(
        Method::get, "/v1/calls/statistics", decode_figures,
        [&calls](HistoryPermit permit, AskFigures query) { return statistics(calls, std::move(permit), query); });
}

}  // namespace samtal::calls
