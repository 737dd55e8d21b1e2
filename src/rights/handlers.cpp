#include "handlers.hpp"

#include "desk_codec.hpp"
#include "rights_codec.hpp"

namespace samtal::rights {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::RightsAndEvidence;

Task<Result<Reply>> ask(RightsService& rights, RightsPermit permit, NewRequest wanted) {
    auto const accepted = co_await rights.ask(permit, wanted);
    if (!accepted) co_return accepted.error();
    co_return Reply{202, encode(permit, *accepted), {}};
}

Task<Result<Reply>> list(RightsService& rights, RightsPermit permit, ListRequests wanted) {
    auto const page = co_await rights.list(permit, wanted.before, wanted.limit);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> read(RightsService& rights, RightsPermit permit, ReadRequest wanted) {
    auto const request = co_await rights.find(permit, wanted.id, wanted.receipt);
    if (!request) co_return request.error();
    co_return Reply{200, encode(permit, *request), {}};
}

Task<Result<Reply>> certificate(RightsService& rights, RightsPermit permit, ReadRequest wanted) {
    auto const request = co_await rights.find(permit, wanted.id, wanted.receipt);
    if (!request) co_return request.error();
    if (request->certificate.empty()) co_return Error{Errc::not_found, "no such thing"};
    co_return Reply{200, request->certificate, {}};
}

Task<Result<Reply>> archive(RightsService& rights, RightsPermit permit, ReadRequest wanted) {
    auto zip = co_await rights.archive(std::move(permit), wanted.who, wanted.id);
    if (!zip) co_return zip.error();
    co_return Reply{200,
                    {},
                    {{"Content-Disposition", "attachment; filename=\"samtal.zip\""}},
                    "application/zip",
                    *std::move(zip)};
}

Task<Result<Reply>> list_open(DeskService& desk, RightsPermit permit, ListOpen wanted) {
    auto const page = co_await desk.list(permit, wanted.before, wanted.limit);
    if (!page) co_return page.error();
    co_return Reply{200, encode_for_operator(permit, *page), {}};
}

Task<Result<Reply>> show(DeskService& desk, RightsPermit permit, ShowRequest wanted) {
    auto const request = co_await desk.show(permit, wanted.id);
    if (!request) co_return request.error();
    co_return Reply{200, encode_for_operator(permit, *request), {}};
}

Task<Result<Reply>> decide(DeskService& desk, RightsPermit permit, Decision wanted) {
    auto const request = wanted.refuse ? co_await desk.refuse(permit, wanted.id, wanted.reason)
                                       : co_await desk.extend(permit, wanted.id, wanted.reason);
    if (!request) co_return request.error();
    co_return Reply{200, encode_for_operator(permit, *request), {}};
}

Task<Result<Reply>> intake(DeskService& desk, RightsPermit permit, Intake wanted) {
    auto const taken = co_await desk.take_in(permit, wanted);
    if (!taken) co_return taken.error();
    co_return gateway::created(encode_intake(*taken));
}

Task<Result<Reply>> untold(DeskService& desk, RightsPermit permit, ListNotices) {
    auto const notices = co_await desk.untold(permit);
    if (!notices) co_return notices.error();
    co_return Reply{200, encode_untold(*notices, desk.now()), {}};
}

Task<Result<Reply>> letter(DeskService& desk, RightsPermit permit, ShowNotice wanted) {
    auto const text = co_await desk.letter(permit, wanted.id);
    if (!text) co_return text.error();
    co_return Reply{200, encode_letter(wanted.id, *text), {}};
}

Task<Result<Reply>> told(DeskService& desk, RightsPermit permit, ShowNotice wanted) {
    auto const done = co_await desk.told(permit, wanted.id);
    if (!done) co_return done.error();
    co_return Reply{204, {}, {}};
}

/// A free coroutine as a route's handler.
template <class Service, class Command>
auto on(Service& service, Task<Result<Reply>> (*handle)(Service&, RightsPermit, Command)) {
    return [&service, handle](RightsPermit permit, Command command) {
        return handle(service, std::move(permit), std::move(command));
    };
}

}  // namespace

void add_routes(gateway::Router& router, RightsService& rights) {
    router.person<P>(Method::post, "/v1/privacy/requests", decode_new, on(rights, ask), {.creates = true});
    router.person<P>(Method::get, "/v1/privacy/requests", decode_list, on(rights, list));
    router.receipt<P>(Method::get, "/v1/privacy/requests/{id}", decode_read, on(rights, read));
    router.receipt<P>(Method::get, "/v1/privacy/requests/{id}/certificate", decode_read, on(rights, certificate));
    router.person<P>(Method::get, "/v1/privacy/requests/{id}/archive", decode_read, on(rights, archive));
}

void add_admin_routes(gateway::Router& router, DeskService& desk) {
    router.administrator<P>(Method::post, "/admin/privacy/requests", decode_list_open, on(desk, list_open));
    router.administrator<P>(Method::post, "/admin/privacy/requests/{id}", decode_show, on(desk, show));
    router.administrator<P>(Method::post, "/admin/privacy/requests/{id}/extend", decode_extension,
                            on(desk, decide));
    router.administrator<P>(Method::post, "/admin/privacy/requests/{id}/refuse", decode_refusal, on(desk, decide));
    router.administrator<P>(Method::post, "/admin/privacy/intakes", decode_intake, on(desk, intake));
    router.administrator<P>(Method::post, "/admin/privacy/notices", decode_list_notices, on(desk, untold));
    router.administrator<P>(Method::post, "/admin/privacy/notices/{id}/letter", decode_show_notice,
                            on(desk, letter));
    router.administrator<P>(Method::post, "/admin/privacy/notices/{id}/told", decode_show_notice, on(desk, told));
}

}  // namespace samtal::rights
