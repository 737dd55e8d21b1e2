#pragma once

#include "samtal/gateway/event_log.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/gateway/sockets.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace samtal::delivery {

/// The only server: what it commits is pushed to its own sockets. Messages at once. Changes by their numbers, so
/// that what nobody's request made, an erasure's, is read back and told before what comes after it.
class Single final : public gateway::Fanout {
public:
    /// All outlive it. `executor`: one thread's.
    Single(gateway::Sockets&, gateway::EventLog&, boost::asio::any_io_executor executor);
    ~Single() override;
    Single(Single const&) = delete;
    Single& operator=(Single const&) = delete;

    void push(std::span<UserId const> users, net::SharedText const& frame,
              net::Socket const* except = nullptr) override;
    void push_event(OrganisationId, std::span<UserId const> users, ConversationId, gateway::Place,
                    net::SharedText const& frame, net::Socket const* except = nullptr) override;
    /// The conversation was changed up to there, and nobody was told. Any thread.
    void changed(gateway::Head const&);

    void start();
    /// Before the I/O threads end.
    void stop();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::delivery
