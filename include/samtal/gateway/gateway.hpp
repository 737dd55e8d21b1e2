#pragma once

#include "samtal/gateway/entrances.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/gateway/sockets.hpp"
#include "samtal/net/http.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::gateway {

struct GatewayOptions {
    std::vector<std::string> allowed_origins;  // exact; for browsers
    std::chrono::milliseconds authenticate_within{10'000};
    /// Whether sockets may be served now; not while this server does not know whose sessions ended elsewhere.
    /// Cheap: asked before each write to one. Must not throw.
    std::function<bool()> serving = [] { return true; };
    std::string socket_path;  // where WebSockets are taken; empty: nowhere
    /// Told about each request: the route's pattern ("none" for an unknown path), status, time.
    std::function<void(std::string_view route, int status, std::chrono::nanoseconds)> observer;
    /// Told about breakage: a route's pattern or frame type, and what broke (names and SQLSTATE, never data).
    std::function<void(std::string_view where, std::string_view what)> broke;
};

/// The edge of the server: finds the route, authenticates, decodes, asks for the permit, calls the handler, and
/// turns errors into problems. The one border at which exceptions end.
class Gateway final : public net::Application {
public:
    /// All references outlive the gateway. `idempotency` may be null: the admin socket and the worker have none.
    Gateway(Router& router, Authenticator& authenticator, IdempotencyStore* idempotency, Sockets& sockets,
            GatewayOptions options);

    [[nodiscard]] std::size_t body_limit(net::Request const& head) const override;
    /// Whoever may not enter.
    Task<std::optional<net::Response>> refuse_unread(net::Request const& head) override;
    Task<net::Response> handle(net::Request) override;
    [[nodiscard]] net::Response refuse(int status) const override;
    Task<Upgrade> upgrade(net::Request head) override;
    [[nodiscard]] bool may_speak() const noexcept override { return options_.serving(); }

    /// Who a request is from, by Authorization or cookie, with the Origin rules of the contract.
    Task<Result<Principal>> authenticate(net::Request const&);

    [[nodiscard]] Router& router() noexcept { return router_; }
    [[nodiscard]] Sockets& sockets() noexcept { return sockets_; }
    [[nodiscard]] Authenticator& authenticator() noexcept { return authenticator_; }
    [[nodiscard]] GatewayOptions const& options() const noexcept { return options_; }

private:
    Task<Result<Reply>> answer(net::Request const&, Router::Match const&, std::string& unknown);
    Task<Result<Reply>> once(net::Request const&, Router::Route const&, Ask const&);
    Task<Result<Principal>> enter(net::Request const&, Router::Entrance);
    Task<net::Response> respond(net::Request const&, Router::Match const&);
    Task<std::optional<net::Response>> admit(net::Request const&, Router::Entrance);
    template <class Answer>
    Task<Answer> with_border(std::string_view where, Task<Answer> work);

    Router& router_;
    Authenticator& authenticator_;
    IdempotencyStore* idempotency_;
    Sockets& sockets_;
    GatewayOptions options_;
};

}  // namespace samtal::gateway
