#pragma once

#include "server_config.hpp"

#include <memory>

namespace samtal::app {

/// The whole of samtal-server: its objects, built in order.
class Server {
public:
    /// Binds all ports; throws std::runtime_error for what stops a start.
    explicit Server(ServerConfig const&);
    ~Server();

    void start();
    /// Takes over the register's texts, recipients and periods as they are now; see RegisterRenewal::renew.
    bool renew_register(std::string const& path);
    /// Blocks until everything under way is finished: stop accepting, close sessions, flush, join.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace samtal::app
