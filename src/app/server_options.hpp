#pragma once

#include "server_config.hpp"

#include "samtal/gateway/gateway.hpp"
#include "samtal/net/server.hpp"
#include "samtal/ops/mailer.hpp"
#include "samtal/ops/metrics.hpp"
#include "samtal/storage/database.hpp"

#include <functional>
#include <memory>
#include <string>

// What the parts of the server are opened with, out of its configuration.
namespace samtal::app {

[[nodiscard]] std::unique_ptr<ops::Mailer> make_mailer(MailConfig const&);

/// Tells the metrics of each statement. They outlive the database.
[[nodiscard]] storage::DatabaseOptions observed(storage::DatabaseOptions, ops::Metrics&);
/// For archives and erasures: one connection of its own, so that nobody waits behind them.
[[nodiscard]] storage::DatabaseOptions duties(storage::DatabaseOptions);

/// `serving`: whether this server may answer; see GatewayOptions.
[[nodiscard]] gateway::GatewayOptions edge(ServerConfig const&, ops::Metrics&, std::string socket_path,
                                           std::function<bool()> serving);
[[nodiscard]] net::ListenOptions admin_listener(ServerConfig const&);
[[nodiscard]] net::ListenOptions metrics_listener(ServerConfig const&);

}  // namespace samtal::app
