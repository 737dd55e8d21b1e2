#pragma once

#include "samtal/gateway/gateway.hpp"
#include "samtal/net/socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace samtal::gateway {

/// One WebSocket's side of the conversation: authentication, then frames to the router and answers back.
class SocketGate final : public net::SocketHandler, public std::enable_shared_from_this<SocketGate> {
public:
    /// `token` when the upgrade request itself brought a good one.
    SocketGate(Gateway& gateway, std::optional<std::string> token) : gateway_{gateway}, token_{std::move(token)} {}

    Task<void> opened(std::shared_ptr<net::Socket>) override;
    Task<void> frame(std::string text) override;
    void closed() override;

private:
    struct Envelope {
        std::string type;
        std::string re;  // the client's id as JSON, or "null"
    };
    /// Messages of one client may overtake nothing, but they need not wait for each other's commits.
    static constexpr unsigned most_under_way = 64;

    Task<void> enter(std::string token);
    Task<void> first_frame(FieldReader, Envelope);
    Task<void> answer(FieldReader, Envelope);
    static Task<void> answer_later(std::shared_ptr<SocketGate>, FieldReader, Envelope);
    Task<std::string> reply_to(FieldReader, Envelope const&);
    void push(std::string text);

    Gateway& gateway_;
    std::optional<std::string> token_;  // until it was used
    std::optional<Principal> who_;
    std::shared_ptr<net::Socket> socket_;
    std::optional<boost::asio::steady_timer> deadline_;  // for authentication
    std::optional<boost::asio::steady_timer> room_;      // wakes the reader when fewer messages are under way
    unsigned under_way_ = 0;
};

}  // namespace samtal::gateway
