#include "handlers.hpp"

#include "greetings_codec.hpp"

namespace samtal::greetings {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::Greetings;
using Service = GreetingsService;

std::string encoded(Service const& service, GreetingsPermit const& permit, Greeting const& greeting) {
    return encode(permit, greeting, service.applies_now(permit, greeting));
}

Task<Result<Reply>> list(Service& service, GreetingsPermit permit, AllGreetings) {
    auto const greetings = co_await service.list(permit);
    if (!greetings) co_return greetings.error();
    std::vector<std::string> items;
    for (Greeting const& greeting : *greetings) items.push_back(encoded(service, permit, greeting));
    co_return Reply{200, encode_list(items), {}};
}

Task<Result<Reply>> recording(Service& service, GreetingsPermit permit, OneGreeting wanted) {
    auto const found = co_await service.recording(permit, wanted.kind);
    if (!found) co_return found.error();
    co_return Reply{200, found->audio.open(permit), {}, "audio/wav"};
}

Task<Result<Reply>> put(Service& service, GreetingsPermit permit, PutGreeting wanted) {
    auto const existed = co_await service.put(permit, wanted.kind, wanted.upload);
    if (!existed) co_return existed.error();
    auto const greeting = co_await service.find(permit, wanted.kind);
    if (!greeting) co_return greeting.error();
    co_return Reply{*existed ? 200 : 201, encoded(service, permit, *greeting), {}};
}

Task<Result<Reply>> set_schedule(Service& service, GreetingsPermit permit, SetSchedule wanted) {
    auto const done = co_await service.set_schedule(permit, wanted.kind, std::move(wanted.schedule));
    if (!done) co_return done.error();
    auto const greeting = co_await service.find(permit, wanted.kind);
    if (!greeting) co_return greeting.error();
    co_return Reply{200, encoded(service, permit, *greeting), {}};
}

Task<Result<Reply>> remove_schedule(Service& service, GreetingsPermit permit, OneGreeting wanted) {
    auto const done = co_await service.set_schedule(permit, wanted.kind, std::nullopt);
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> remove(Service& service, GreetingsPermit permit, OneGreeting wanted) {
    auto const done = co_await service.remove(permit, wanted.kind);
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

/// The switch may keep it, but has to ask each time: a withdrawal takes effect at once.
Task<Result<Reply>> play(Service& service, SwitchPermit permit, AskGreeting ask) {
    auto const played = co_await service.play(permit, std::move(ask));
    if (!played) co_return played.error();
    std::vector<net::Header> headers{{"ETag", entity_tag(played->id)}, {"Cache-Control", "private, no-cache"}};
    if (!played->audio) co_return Reply{304, {}, std::move(headers)};
    headers.push_back(
        {"Content-Disposition", "inline; filename=\"" + std::string{name_of(played->kind)} + ".wav\""});
    co_return Reply{200, played->audio->open(permit), std::move(headers), "audio/wav"};
}

}  // namespace

void add_routes(gateway::Router& router, GreetingsService& service, calls::PhoneNumbers const& numbers,
                GreetingsOptions const& options) {
    auto const with = [&service](auto handler) {
        return [&service, handler](auto permit, auto command) {
            return handler(service, std::move(permit), std::move(command));
        };
    };
    gateway::RouteOptions uploading{.body_limit = options.most_bytes};
    uploading.own_types = {"audio/wav",    "audio/wave",      "audio/x-wav", "audio/vnd.wave",
                           "audio/ogg",    "application/ogg", "audio/opus",  "audio/flac",
                           "audio/x-flac", "audio/mpeg",      "audio/mp3"};
    auto const schedule = [zone = options.time_zone](gateway::Ask const& ask) {
        return decode_new_schedule(ask, zone);
    };
    auto const asked = [&numbers](gateway::Ask const& ask) { return decode_asked(ask, numbers); };
    router.person<P>(Method::get, "/v1/greetings", decode_all, with(list));
    router.person<P>(Method::get, "/v1/greetings/{kind}", decode_one, with(recording));
    router.person<P>(Method::put, "/v1/greetings/{kind}", decode_upload, with(put), uploading);
    router.person<P>(Method::del, "/v1/greetings/{kind}", decode_one, with(remove));
    router.person<P>(Method::put, "/v1/greetings/{kind}/schedule", schedule, with(set_schedule));
    router.person<P>(Method::del, "/v1/greetings/{kind}/schedule", decode_one, with(remove_schedule));
    router.machine<purpose::CallSetup>(Method::get, "/v1/switch/greetings/{who}", asked, with(play));
}

}  // namespace samtal::greetings
