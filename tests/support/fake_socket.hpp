#pragma once

#include "samtal/net/socket.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace samtal::testing {

/// A client that remembers what it was told. Its executor is a loop that nobody runs until settle().
class FakeSocket final : public net::Socket {
public:
    void push(net::SharedText text) override { frames.push_back(nlohmann::json::parse(*text)); }
    void close(net::CloseCode code) override { closed = code; }
    void authenticated() override {}
    [[nodiscard]] boost::asio::any_io_executor executor() const override { return loop_.get_executor(); }
    Task<bool> drained() override {
        ++paced;
        if (auto const act = std::exchange(when_paced, {})) act();
        co_return !closed;
    }

    /// Does what was posted.
    void settle() {
        loop_.restart();
        loop_.run();
    }
    [[nodiscard]] std::vector<std::string> told(char const* field) const {
        std::vector<std::string> values;
        for (auto const& frame : frames) values.push_back(frame.at(field).get<std::string>());
        return values;
    }

    std::vector<nlohmann::json> frames;
    std::optional<net::CloseCode> closed;
    int paced = 0;
    std::function<void()> when_paced;  // once, the next time

private:
    mutable boost::asio::io_context loop_;
};

}  // namespace samtal::testing
