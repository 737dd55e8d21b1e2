#include "handlers.hpp"

#include "dialing_codec.hpp"

namespace samtal::dialing {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::CallSetup;
using Service = DialingService;

Task<Result<Reply>> call(Service& service, CallPermit permit, WantedCall wanted) {
    auto const id = co_await service.request(std::move(permit), std::move(wanted));
    if (!id) co_return id.error();
    co_return Reply{202, encode_accepted(*id), {}};
}

Task<Result<Reply>> find(Service& service, CallPermit permit, OneRequest wanted) {
    auto const request = co_await service.find(permit, wanted.id);
    if (!request) co_return request.error();
    co_return Reply{200, encode(*request), {}};
}

Task<Result<Reply>> report(Service& service, CallPermit permit, ReportedState reported) {
    auto const done = co_await service.report(permit, reported.by, std::move(reported.report));
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> set_callback(Service& service, OperatorPermit permit, NewCallback wanted) {
    auto const done = co_await service.set_callback(permit, wanted);
    if (!done) co_return done.error();
    co_return Reply{200, "{}", {}};
}

Task<Result<Reply>> remove_callback(Service& service, OperatorPermit permit, OneSwitch wanted) {
    auto const done = co_await service.remove_callback(permit, wanted.id);
    if (!done) co_return done.error();
    co_return Reply{200, "{}", {}};
}

auto with(Service& service, auto handler) {
    return [&service, handler](auto permit, auto command) {
        return handler(service, std::move(permit), std::move(command));
    };
}

}  // namespace

void add_routes(gateway::Router& router, DialingService& service, calls::PhoneNumbers const& numbers) {
    auto const wanted = [&numbers](gateway::Ask const& ask) { return decode_call(ask, numbers); };
    router.person<P>(Method::post, "/v1/calls", wanted, with(service, call), {.creates = true});
    router.person<P>(Method::get, "/v1/calls/requests/{id}", decode_request, with(service, find));
    router.machine<P>(Method::post, "/v1/switch/call-requests/{id}/state", decode_report, with(service, report));
}

void add_admin_routes(gateway::Router& router, DialingService& service) {
    using Admin = purpose::ResellerService;
    router.administrator<Admin>(Method::post, "/admin/switches/{id}/callback", decode_callback,
                                with(service, set_callback));
    router.administrator<Admin>(Method::post, "/admin/switches/{id}/callback/remove", decode_switch,
                                with(service, remove_callback));
}

}  // namespace samtal::dialing
