#pragma once

#include "samtal/gateway/problem.hpp"
#include "samtal/net/http.hpp"
#include "samtal/ops/metrics.hpp"

namespace samtal::app {

/// GET /metrics on a listener of its own.
class MetricsEndpoint final : public net::Application {
public:
    explicit MetricsEndpoint(ops::Metrics const& metrics) : metrics_{metrics} {}

    [[nodiscard]] std::size_t body_limit(net::Request const&) const override { return 0; }
    Task<net::Response> handle(net::Request request) override {
        if (request.path != "/metrics") co_return gateway::problem_response(404);
        if (request.method != net::Method::get) co_return gateway::problem_response(405);
        co_return net::Response{200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(), {}};
    }
    [[nodiscard]] net::Response refuse(int status) const override { return gateway::problem_response(status); }
    Task<Upgrade> upgrade(net::Request) override { co_return Upgrade{nullptr, gateway::problem_response(404)}; }

private:
    ops::Metrics const& metrics_;
};

}  // namespace samtal::app
