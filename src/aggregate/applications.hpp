#pragma once

#include "figures_service.hpp"
#include "samtal/net/http.hpp"

#include <string>

namespace samtal::aggregate {

/// What both listeners share: one method for each path, errors as problems, no WebSocket.
class SmallApplication : public net::Application {
public:
    [[nodiscard]] std::size_t body_limit(net::Request const&) const override { return 64 * 1024; }
    Task<net::Response> handle(net::Request) override;
    [[nodiscard]] net::Response refuse(int status) const override;
    Task<Upgrade> upgrade(net::Request) override;

private:
    /// Which method the path takes; `other` for a path that is not there.
    [[nodiscard]] virtual net::Method method_of(std::string_view path) const = 0;
    /// A request whose path and method are right. May throw.
    virtual Task<net::Response> answer(net::Request const&) = 0;
};

class FiguresApplication final : public SmallApplication {
public:
    explicit FiguresApplication(FiguresService& service) : service_{service} {}

private:
    [[nodiscard]] net::Method method_of(std::string_view path) const override;
    Task<net::Response> answer(net::Request const&) override;

    FiguresService& service_;
};

class LinkApplication final : public SmallApplication {
public:
    LinkApplication(PgFigureRepository& figures, statistics::Policies const& policies, storage::Key const& key)
        : figures_{figures}, policies_{policies}, key_{key} {}

private:
    [[nodiscard]] net::Method method_of(std::string_view path) const override;
    Task<net::Response> answer(net::Request const&) override;
    [[nodiscard]] bool plausible(statistics::ReceivedFrame const&) const;

    PgFigureRepository& figures_;
    statistics::Policies const& policies_;
    storage::Key key_;
};

}  // namespace samtal::aggregate
