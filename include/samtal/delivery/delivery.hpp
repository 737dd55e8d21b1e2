#pragma once

#include "samtal/core/time.hpp"
#include "samtal/gateway/endings.hpp"
#include "samtal/gateway/event_log.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/gateway/sockets.hpp"
#include "samtal/ops/metrics.hpp"
#include "samtal/storage/nodes.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::delivery {

/// How servers reach each other: `[bus]` of the configuration.
struct BusOptions {
    std::string kind = "in_process";  // this server is the only one; or nats
    std::string url = "nats://127.0.0.1:4222";
    std::string subject = "samtal";  // deployments that share a NATS server take different ones
    std::string credentials_file;    // a NATS .creds file
    std::string user;                // or a user and a password
    std::string password_file;
    std::string ca_file;  // set: TLS, and the server's certificate must be by this authority
};

/// What one server says of a person who is connected to it, or was. `state` is what they chose, as a number.
struct Sighting {
    UserId user;
    bool connected;
    unsigned char state;
};

/// A call under way; without people: it is over. `name` is a hash.
struct Talk {
    std::string name;
    OrganisationId organisation;
    std::vector<UserId> people;
    Timestamp until;
};
/// Somebody changed what they show of their calls.
struct Shown {
    UserId user;
};

/// What the room works with. All of it outlives the room.
struct DeliveryParts {
    gateway::Sockets& sockets;
    gateway::EventLog& log;
    storage::Nodes& nodes;
    storage::KeyRing const& ring;
    ops::Metrics& metrics;
    boost::asio::any_io_executor executor;  // one thread's
    /// Called when another server says so, from any thread.
    std::function<void(gateway::Ending const&)> apply;
    std::function<void(SessionId)> reread;
    std::function<void()> reread_all;
    std::function<void(std::string_view server, Sighting const&)> sighted;
    std::function<void(Talk const&)> talked;
    std::function<void(Shown const&)> shown;
    /// What this server said of people holds no longer: it is gone, or is about to say all of it again.
    std::function<void(std::string_view server)> unsighted;
    /// Others missed something: say of everybody who is here, by tell().
    std::function<void()> report;
};

/// One server among several: what it commits is told on the bus, what others commit is pushed to the sockets here,
/// in order, and what neither told is read from the database. See docs/scaling.md.
class Delivery {
public:
    /// Throws std::runtime_error for credentials that cannot be read. A NATS server that does not answer yet is no
    /// reason to fail.
    Delivery(BusOptions const&, DeliveryParts const&);
    ~Delivery();
    Delivery(Delivery const&) = delete;
    Delivery& operator=(Delivery const&) = delete;

    [[nodiscard]] gateway::Fanout& fanout() noexcept;
    [[nodiscard]] gateway::Endings& endings() noexcept;

    /// The conversation was changed up to there, and nobody was told: every server reads it back. Any thread.
    void changed(gateway::Head const&);
    /// For what is never stored: who is there, and who talks. May be lost; whoever lost something asks for a
    /// report.
    void tell(Sighting const&);
    void tell(Talk const&);
    void tell(Shown const&);

    void start();
    /// Before the I/O threads end. What was handed over has been published when it returns, if the bus is there.
    void stop();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::delivery
