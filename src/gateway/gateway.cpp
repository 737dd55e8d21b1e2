#include "samtal/gateway/gateway.hpp"

#include "credentials.hpp"
#include "samtal/gateway/problem.hpp"
#include "socket_gate.hpp"

#include <algorithm>
#include <exception>

namespace samtal::gateway {

namespace {

constexpr Error not_signed_in{Errc::unauthenticated, "no valid credential"};
constexpr Error origin_refused{Errc::denied, "this origin may not do that", "", "origin-refused"};
constexpr std::size_t most_key_bytes = 255;

bool carries_body(net::Method method) {
    return method == net::Method::post || method == net::Method::put || method == net::Method::patch;
}

/// JSON in UTF-8 is all that comes in, where a route has no types of its own, and where an array is all it takes;
/// an empty body needs no type.
bool acceptable_type(net::Request const& request, RouteOptions const& options) {
    if (request.has("content-encoding")) return false;
    if (request.body.empty() && !request.has("content-type")) return true;
    std::string type{request.header("content-type")};
    std::erase(type, ' ');
    for (char& c : type)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!options.own_types.empty() && !options.any_array)
        return std::ranges::find(options.own_types, std::string_view{type}.substr(0, type.find(';'))) !=
               options.own_types.end();
    return type == "application/json" || type == "application/json;charset=utf-8" ||
           type == "application/json;charset=\"utf-8\"";
}

/// Nothing for a body that the route reads itself.
Result<Input> parse_body(std::string_view body, RouteOptions const& options) {
    if (!options.own_types.empty()) return Input{};
    std::string_view const text = body.empty() ? std::string_view{"{}"} : body;
    return options.any_array ? parse_json(text, {.nul = true}) : parse_input(text);
}

net::Response no_route(Router::Match const& match) {
    if (match.others.empty()) return problem_response(404);
    auto response = problem_response(405);
    response.headers.push_back({"Allow", match.others});
    return response;
}

net::Response to_response(Reply reply) {
    net::Response response{reply.status, std::move(reply.content_type), std::move(reply.json),
                           std::move(reply.headers), std::move(reply.source)};
    if (response.body.empty() && !response.source && response.status != 204) response.body = "{}";
    return response;
}

}  // namespace

Gateway::Gateway(Router& router, Authenticator& authenticator, IdempotencyStore* idempotency, Sockets& sockets,
                 GatewayOptions options)
    : router_{router},
      authenticator_{authenticator},
      idempotency_{idempotency},
      sockets_{sockets},
      options_{std::move(options)} {}

std::size_t Gateway::body_limit(net::Request const& head) const {
    auto const match = router_.match(head.method, head.path);
    return match.route == nullptr ? 64 * 1024 : match.route->options.body_limit;
}

net::Response Gateway::refuse(int status) const {
    return problem_response(status);
}

Task<std::optional<net::Response>> Gateway::refuse_unread(net::Request const& head) {
    auto const match = router_.match(head.method, head.path);
    if (match.route == nullptr) co_return std::nullopt;
    co_return co_await with_border(match.route->pattern, admit(head, match.route->entrance));
}

Task<std::optional<net::Response>> Gateway::admit(net::Request const& head, Router::Entrance entrance) {
    auto const who = co_await enter(head, entrance);
    if (who) co_return std::nullopt;
    auto refusal = problem_response(who.error());
    refusal.headers.push_back({"Cache-Control", "no-store"});
    co_return refusal;
}

/// The place where breakage becomes a response.
template <class Answer>
Task<Answer> Gateway::with_border(std::string_view where, Task<Answer> work) {
    try {
        co_return co_await std::move(work);
    } catch (Unavailable const& e) {
        if (options_.broke) options_.broke(where, e.what());
        co_return unavailable_response();
    } catch (std::exception const& e) {
        if (options_.broke) options_.broke(where, e.what());
        co_return internal_error_response();
    }
}

Task<net::Response> Gateway::handle(net::Request request) {
    auto const began = std::chrono::steady_clock::now();
    auto const match = router_.match(request.method, request.path);
    std::string_view const where = match.route == nullptr ? std::string_view{"none"} : match.route->pattern;
    auto response = co_await with_border(where, respond(request, match));
    bool const cacheable = match.route != nullptr && match.route->entrance == Router::Entrance::open;
    bool const own_word = std::ranges::any_of(response.headers, [](auto& h) { return h.name == "Cache-Control"; });
    if (!cacheable && !own_word) response.headers.push_back({"Cache-Control", "no-store"});
    if (options_.observer) options_.observer(where, response.status, std::chrono::steady_clock::now() - began);
    co_return response;
}

Task<net::Response> Gateway::respond(net::Request const& request, Router::Match const& match) {
    if (match.route == nullptr && request.path == options_.socket_path) co_return problem_response(426);
    if (match.route == nullptr) co_return no_route(match);
    std::string unknown;
    auto answered = co_await answer(request, match, unknown);
    if (!answered) co_return problem_response(answered.error(), unknown);
    if (answered->status == 415) co_return problem_response(415);
    co_return to_response(*std::move(answered));
}

Task<Result<Reply>> Gateway::answer(net::Request const& request, Router::Match const& match,
                                    std::string& unknown) {
    Router::Route const& route = *match.route;
    auto who = co_await enter(request, route.entrance);
    if (!who) co_return who.error();
    Input body;
    if (carries_body(route.method)) {
        if (!acceptable_type(request, route.options)) co_return Reply{415, {}, {}};
        auto parsed = parse_body(request.body, route.options);
        if (!parsed) co_return parsed.error();
        body = *std::move(parsed);
    } else if (!request.body.empty()) {
        co_return Error{Errc::invalid, "this method takes no body"};
    }
    Ask ask{*who, request, match.path, std::move(body), unknown};
    if (route.entrance == Router::Entrance::receipt && who->user == UserId::nil())
        ask.receipt = credentials_of(request)->token;
    if (route.options.creates && idempotency_ != nullptr && request.has("idempotency-key"))
        co_return co_await once(request, route, ask);
    co_return co_await route.run(ask);
}

Task<Result<Reply>> Gateway::once(net::Request const& request, Router::Route const& route, Ask const& ask) {
    std::string const key{request.header("idempotency-key")};
    if (key.empty() || key.size() > most_key_bytes)
        co_return Error{Errc::invalid, "an Idempotency-Key has 1 to 255 characters"};
    // The path too: the same key under another conversation is another request.
    auto earlier = co_await idempotency_->begin(ask.who, route.pattern, key, request.path + "\n" + request.body);
    if (!earlier) co_return earlier.error();
    if (*earlier) co_return Reply{(*earlier)->status, (*earlier)->json, {}};
    std::exception_ptr broken;
    Result<Reply> reply = Error{};
    try {
        reply = co_await route.run(ask);
    } catch (...) {
        broken = std::current_exception();
    }
    std::optional<IdempotencyStore::Earlier> kept;
    if (!broken && reply) kept = IdempotencyStore::Earlier{reply->status, reply->json};
    co_await idempotency_->finish(ask.who, route.pattern, key, std::move(kept));
    if (broken) std::rethrow_exception(broken);
    co_return reply;
}

Task<Result<Principal>> Gateway::enter(net::Request const& request, Router::Entrance entrance) {
    using Entrance = Router::Entrance;
    if (entrance == Entrance::person) co_return co_await authenticate(request);
    if (entrance == Entrance::receipt) {
        auto const credentials = credentials_of(request);
        if (!credentials || credentials->by_cookie || !credentials->token.starts_with(receipt_prefix))
            co_return co_await authenticate(request);
        co_return Principal{OrganisationId::nil(), UserId::nil(),
                            SessionId::nil()};  // the room knows its receipts
    }
    if (entrance == Entrance::machine) {
        auto credentials = credentials_of(request);
        if (!credentials || credentials->by_cookie) co_return not_signed_in;
        co_return co_await authenticator_.machine(credentials->token, credentials->claimed);
    }
    // A browser's cross-site request must not sign somebody in or use up a code either.
    if (entrance == Entrance::doorstep && !origin_allowed(request, options_.allowed_origins, false))
        co_return origin_refused;
    co_return Principal{OrganisationId::nil(), UserId::nil(), SessionId::nil()};
}

Task<Result<Principal>> Gateway::authenticate(net::Request const& request) {
    auto const credentials = credentials_of(request);
    if (!credentials || credentials->claimed) co_return not_signed_in;
    bool const changes = request.method != net::Method::get;
    if (credentials->by_cookie && changes && !origin_allowed(request, options_.allowed_origins, true))
        co_return origin_refused;
    co_return co_await authenticator_.person(credentials->token);
}

Task<net::Application::Upgrade> Gateway::upgrade(net::Request head) {
    try {
        if (head.path != options_.socket_path) co_return Upgrade{nullptr, problem_response(404)};
        if (!origin_allowed(head, options_.allowed_origins, false))
            co_return Upgrade{nullptr, problem_response(origin_refused)};
        auto const credentials = credentials_of(head);
        if (!credentials && !head.has("authorization"))
            co_return Upgrade{std::make_shared<SocketGate>(*this, std::nullopt), {}};
        auto const known = co_await authenticate(head);
        if (!known) co_return Upgrade{nullptr, problem_response(known.error())};
        if (known->restricted) co_return Upgrade{nullptr, problem_response(processing_restricted)};
        co_return Upgrade{std::make_shared<SocketGate>(*this, credentials->token), {}};
    } catch (Unavailable const&) {
        co_return Upgrade{nullptr, unavailable_response()};
    } catch (std::exception const& e) {
        if (options_.broke) options_.broke("/v1/ws", e.what());
        co_return Upgrade{nullptr, internal_error_response()};
    }
}

}  // namespace samtal::gateway
