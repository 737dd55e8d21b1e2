#include "calls_codec.hpp"
#include "handlers.hpp"
#include "ingest_decode.hpp"

namespace samtal::calls {

namespace {

using gateway::Reply;
using gateway::RouteOptions;

constexpr std::size_t batch_bytes = 1024 * 1024;

/// A switch that brings one record at a time looks at the status alone.
Task<Result<Reply>> ingest(CallsService& calls, SetupPermit permit, IngestCalls batch) {
    bool const single = batch.single;
    auto const report = co_await calls.ingest(std::move(permit), std::move(batch));
    if (!report) co_return report.error();
    if (single && !report->rejected.empty()) co_return report->rejected.front().problem;
    co_return Reply{200, encode(*report), {}};
}

Task<Result<Reply>> follow(CallsService& calls, SetupPermit permit, std::vector<CallEvent> events) {
    auto const followed = co_await calls.follow(std::move(permit), std::move(events));
    if (!followed) co_return followed.error();
    co_return gateway::no_content();
}

RouteOptions types(std::span<std::string_view const> own) {
    return {.body_limit = batch_bytes, .own_types = {own.begin(), own.end()}};
}

}  // namespace

void add_ingest_routes(gateway::Router& router, CallsService& calls, SwitchZones const& zones) {
    using net::Method;
    using Purpose = purpose::CallSetup;
    auto const take = [&calls](SetupPermit permit, IngestCalls batch) {
        return ingest(calls, std::move(permit), std::move(batch));
    };
    router.machine<Purpose>(Method::post, "/v1/ingest/calls", decode_ingest, take,
                            {.body_limit = batch_bytes, .any_array = true, .own_types = {"application/json"}});
    router.machine<Purpose>(Method::post, "/v1/ingest/freeswitch/{switch_id}", decode_freeswitch, take,
                            types(freeswitch_types));
    router.machine<Purpose>(
        Method::post, "/v1/ingest/asterisk",
        [&zones](gateway::Ask const& ask) {
            return decode_asterisk(ask, zones.of(SwitchId{ask.who.session.value()}));
        },
        take, types(asterisk_types));
    router.machine<Purpose>(Method::post, "/v1/ingest/kamailio", decode_kamailio, take, types(kamailio_types));
    router.machine<Purpose>(
        Method::post, "/v1/ingest/kamailio/events", decode_kamailio_events,
        [&calls](SetupPermit permit, std::vector<CallEvent> events) {
            return follow(calls, std::move(permit), std::move(events));
        },
        types(kamailio_types));
}

}  // namespace samtal::calls
