#include "handlers.hpp"

#include "identity_codec.hpp"
#include "session_rules.hpp"

#include <fmt/format.h>

namespace samtal::identity {

using gateway::Reply;
using net::Method;
using ForLogin = purpose::AccountLogin;

namespace {

/// The browser keeps a remembered session's cookie as long as the session can last, another until it is closed.
net::Header session_cookie(std::string_view token, std::optional<std::chrono::seconds> kept) {
    std::string value = fmt::format("__Host-samtal={}; Path=/; Secure; HttpOnly; SameSite=Strict", token);
    if (kept) value += fmt::format("; Max-Age={}", kept->count());
    return {"Set-Cookie", std::move(value)};
}

Result<Reply> nothing_or(Result<void> const& done) {
    if (!done) return done.error();
    return gateway::no_content();
}

Task<Result<Reply>> activate(Identity& identity, AccountPermit permit, Activation command) {
    auto const user = co_await identity.activate(permit, std::move(command));
    if (!user) co_return user.error();
    co_return gateway::created(encode_user(*user));
}

Task<Result<Reply>> login(Identity& identity, AccountPermit permit, Login command) {
    auto const pair = co_await identity.login(permit, command);
    if (!pair) co_return pair.error();
    if (!command.cookie) co_return Reply{200, encode(*pair), {}};
    std::optional<std::chrono::seconds> kept;
    if (command.remember) kept = absolute_life;
    co_return Reply{200, encode_without_tokens(*pair), {session_cookie(pair->access.reveal(), kept)}};
}

Task<Result<Reply>> refresh(Identity& identity, AccountPermit permit, Refreshing command) {
    auto const pair = co_await identity.refresh(permit, command.token);
    if (!pair) co_return pair.error();
    co_return Reply{200, encode(*pair), {}};
}

Task<Result<Reply>> logout(Identity& identity, AccountPermit permit, Leaving command) {
    auto const done = co_await identity.end_session(permit, command.who, command.who.session);
    if (!done && done.error().code != Errc::not_found) co_return done.error();
    Reply reply = gateway::no_content();
    if (command.by_cookie) reply.headers.push_back(session_cookie("", std::chrono::seconds{0}));
    co_return reply;
}

Task<Result<Reply>> sessions(Identity& identity, AccountPermit permit, SessionQuery command) {
    auto const page = co_await identity.sessions(permit, command);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> end_session(Identity& identity, AccountPermit permit, Ending command) {
    co_return nothing_or(co_await identity.end_session(permit, command.who, command.session));
}

Task<Result<Reply>> reauthenticate(Identity& identity, AccountPermit permit, Reauthentication command) {
    co_return nothing_or(co_await identity.reauthenticate(permit, command));
}

Task<Result<Reply>> change_password(Identity& identity, AccountPermit permit, PasswordChange command) {
    co_return nothing_or(co_await identity.change_password(permit, command));
}

Task<Result<Reply>> request_reset(Identity& identity, AccountPermit permit, ResetRequest command) {
    auto const begun = co_await identity.request_reset(std::move(permit), std::move(command));
    if (!begun) co_return begun.error();
    co_return Reply{202, "{}", {}};
}

Task<Result<Reply>> confirm_reset(Identity& identity, AccountPermit permit, ResetConfirmation command) {
    co_return nothing_or(co_await identity.confirm_reset(permit, command));
}

Task<Result<Reply>> confirm_email_change(Identity& identity, AccountPermit permit, Confirming command) {
    co_return nothing_or(co_await identity.confirm_email_change(permit, command.code));
}

Task<Result<Reply>> account(Identity& identity, AccountPermit permit) {
    auto const found = co_await identity.account(permit);
    if (!found) co_return found.error();
    co_return Reply{200, encode(permit, *found), {}};
}

/// A free coroutine as a route's handler.
template <class Command>
auto on(Identity& identity, Task<Result<Reply>> (*handle)(Identity&, AccountPermit, Command)) {
    return [&identity, handle](AccountPermit permit, Command command) {
        return handle(identity, std::move(permit), std::move(command));
    };
}

}  // namespace

void add_routes(gateway::Router& router, Identity& i) {
    router.doorstep<ForLogin>(Method::post, "/v1/activation", decode_activation, on(i, activate));
    router.doorstep<ForLogin>(Method::post, "/v1/login", decode_login, on(i, login));
    router.doorstep<ForLogin>(Method::post, "/v1/token/refresh", decode_refresh, on(i, refresh));
    router.doorstep<ForLogin>(Method::post, "/v1/password-reset", decode_reset_request, on(i, request_reset));
    router.doorstep<ForLogin>(Method::post, "/v1/password-reset/confirm", decode_reset_confirmation,
                              on(i, confirm_reset));
    router.doorstep<ForLogin>(Method::post, "/v1/me/email/confirm", decode_confirming,
                              on(i, confirm_email_change));
    router.person<ForLogin>(Method::post, "/v1/logout", decode_logout, on(i, logout));
    router.person<ForLogin>(Method::get, "/v1/sessions", decode_sessions, on(i, sessions));
    router.person<ForLogin>(Method::del, "/v1/sessions/{id}", decode_ending, on(i, end_session));
    router.person<ForLogin>(Method::post, "/v1/reauthenticate", decode_reauthentication, on(i, reauthenticate));
    router.person<ForLogin>(Method::post, "/v1/me/password", decode_password_change, on(i, change_password));
    router.person<ForLogin>(Method::get, "/v1/me", decode_asking,
                            [&i](AccountPermit permit, Asking) { return account(i, std::move(permit)); });
}

}  // namespace samtal::identity
