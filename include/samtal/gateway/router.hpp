#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/gateway/ask.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::gateway {

/// What a receipt token begins with, so that none is taken for an access token.
inline constexpr std::string_view receipt_prefix = "rcpt_";

struct RouteOptions {
    std::size_t body_limit = 256 * 1024;
    bool creates = false;    // honours Idempotency-Key
    bool any_array = false;  // the body may be a JSON array: call records, each judged on its own
    /// The content types of a body that the route's decoder reads itself, from Ask::request; parameters do not
    /// matter. None: the body is JSON and is parsed before.
    std::vector<std::string_view> own_types{};
};

/// The one table of everything a client can ask for. A route names its purpose, so the table is
/// also a list of processing activities.
///
/// `decode(Ask const&)` gives Result<Command>; bad input is refused before anybody is asked for a permit. A
/// command may say its scope(); otherwise it is the person's own. `handle(Permit<P>, Command)` gives
/// Task<Result<Reply>>. Patterns: "/v1/conversations/{id}/messages".
class Router {
public:
    explicit Router(PermitIssuer& permits) : permits_{permits} {}

    /// For a signed-in person.
    template <Purpose P, class Decode, class Handle>
    void person(net::Method method, std::string_view pattern, Decode decode, Handle handle,
                RouteOptions options = {}) {
        add(method, pattern, Entrance::person, P::name, options,
            [this, decode, handle](Ask const& ask) { return for_person<P>(decode, handle, ask); });
    }

    /// For somebody not signed in.
    template <Purpose P, class Decode, class Handle>
    void doorstep(net::Method method, std::string_view pattern, Decode decode, Handle handle,
                  RouteOptions options = {}) {
        add(method, pattern, Entrance::doorstep, P::name, options, [this, decode, handle](Ask const& ask) {
            return unattended(decode(ask), handle, permits_.permit_doorstep<P>());
        });
    }

    /// For a signed-in person, or for whoever holds a receipt (`receipt_prefix`), which outlives the account. The
    /// command reads `ask.receipt`; without a person the permit is a machine's.
    template <Purpose P, class Decode, class Handle>
    void receipt(net::Method method, std::string_view pattern, Decode decode, Handle handle,
                 RouteOptions options = {}) {
        add(method, pattern, Entrance::receipt, P::name, options,
            [this, decode, handle](Ask const& ask) -> Task<Result<Reply>> {
                if (ask.receipt.empty()) return for_person<P>(decode, handle, ask);
                return unattended(decode(ask), handle, permits_.permit_machine<P>(OrganisationId::nil()));
            });
    }

    /// For a switch with its own token; `who.organisation` is the switch's, `who.session` holds its id.
    template <Purpose P, class Decode, class Handle>
    void machine(net::Method method, std::string_view pattern, Decode decode, Handle handle,
                 RouteOptions options = {}) {
        add(method, pattern, Entrance::machine, P::name, options, [this, decode, handle](Ask const& ask) {
            return unattended(decode(ask), handle, permits_.permit_machine<P>(ask.who.organisation));
        });
    }

    /// For an administrator: only on the admin socket's router. The command says `organisation` where it has one.
    template <Purpose P, class Decode, class Handle>
    void administrator(net::Method method, std::string_view pattern, Decode decode, Handle handle,
                       RouteOptions options = {}) {
        add(method, pattern, Entrance::administrator, P::name, options, [this, decode, handle](Ask const& ask) {
            auto command = decode(ask);
            OrganisationId organisation = OrganisationId::nil();
            if constexpr (requires { command->organisation; })
                if (command) organisation = command->organisation;
            return unattended(std::move(command), handle, permits_.permit_operator<P>(organisation));
        });
    }

    /// Touches no personal data: health, notice. `handle(Ask const&)` gives Task<Result<Reply>>.
    void open(net::Method method, std::string_view pattern,
              std::function<Task<Result<Reply>>(Ask const&)> handle) {
        add(method, pattern, Entrance::open, "", {}, std::move(handle));
    }

    /// A WebSocket frame of that type. `decode(FrameAsk&)` gives Result<Command>; `handle(Permit<P>, Command)`
    /// gives Task<Result<std::string>>: the fields of the answer without braces ("\"type\":…"), or nothing to say.
    template <Purpose P, class Decode, class Handle>
    void frame(std::string_view type, Decode decode, Handle handle) {
        frames_.emplace(type, Frame{P::name, [this, decode, handle](FrameAsk ask) {
                                        return for_frame<P>(decode, handle, std::move(ask));
                                    }});
    }

    enum class Entrance : unsigned char { open, doorstep, person, receipt, machine, administrator };
    struct Route {
        net::Method method;
        std::vector<std::string> segments;  // "{…}" matches one
        Entrance entrance;
        std::string_view purpose;
        RouteOptions options;
        std::string pattern;
        std::function<Task<Result<Reply>>(Ask const&)> run;
    };
    struct Match {
        Route const* route = nullptr;
        std::vector<std::string> path;
        std::string others;  // "GET, PUT": the path exists, but for these methods: 405
    };
    [[nodiscard]] Match match(net::Method, std::string_view path) const;
    [[nodiscard]] std::vector<Route> const& routes() const noexcept { return routes_; }

    struct Frame {
        std::string_view purpose;
        std::function<Task<Result<std::string>>(FrameAsk)> run;
    };
    using Frames = std::map<std::string_view, Frame, std::less<>>;
    [[nodiscard]] Frames const& frames() const noexcept { return frames_; }
    /// What a GET of a signed-in person answers, for a route that is made of others: under its own purpose and
    /// permit. Both outlive the call. `not_found` where there is no such route.
    [[nodiscard]] Task<Result<Reply>> follow(Principal const&, net::Request const&) const;

    /// `not_found` for an unknown type.
    [[nodiscard]] Task<Result<std::string>> dispatch_frame(std::string type, FrameAsk ask);

private:
    void add(net::Method, std::string_view pattern, Entrance, std::string_view purpose, RouteOptions,
             std::function<Task<Result<Reply>>(Ask const&)>);

    template <class Command>
    static Scope scope_of(Command const& command, Principal const& who) {
        if constexpr (requires { command.scope(); })
            return command.scope();
        else
            return who.user;
    }

    template <Purpose P, class Decode, class Handle>
    Task<Result<Reply>> for_person(Decode decode, Handle handle, Ask const& ask) {
        Principal const who = ask.who;
        auto command = decode(ask);
        if (!command) co_return command.error();
        auto permit = co_await permits_.permit<P>(who, scope_of(*command, who));
        if (!permit) co_return permit.error();
        co_return co_await handle(*std::move(permit), *std::move(command));
    }

    template <class Command, class Handle, Purpose P>
    static Task<Result<Reply>> unattended(Result<Command> command, Handle handle, Permit<P> permit) {
        if (!command) co_return command.error();
        co_return co_await handle(std::move(permit), *std::move(command));
    }

    template <Purpose P, class Decode, class Handle>
    Task<Result<std::string>> for_frame(Decode decode, Handle handle, FrameAsk ask) {
        auto command = decode(ask);
        if (!command) co_return command.error();
        if (auto const problem = ask.body.finish()) co_return *problem;
        auto permit = co_await permits_.permit<P>(ask.who, scope_of(*command, ask.who));
        if (!permit) co_return permit.error();
        co_return co_await handle(*std::move(permit), *std::move(command));
    }

    PermitIssuer& permits_;
    std::vector<Route> routes_;
    Frames frames_;
};

/// "GET"; "person".
[[nodiscard]] std::string_view name_of(net::Method);
[[nodiscard]] std::string_view name_of(Router::Entrance);

}  // namespace samtal::gateway
