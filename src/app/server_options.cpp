#include "server_options.hpp"

#include "samtal/ops/log.hpp"

#include <chrono>
#include <utility>

namespace samtal::app {

using namespace std::chrono_literals;

std::unique_ptr<ops::Mailer> make_mailer(MailConfig const& mail) {
    if (mail.sink == "smtp") return ops::make_smtp_mailer(mail.smtp, mail.from);
    return ops::make_directory_mailer(mail.directory, mail.from);
}

storage::DatabaseOptions observed(storage::DatabaseOptions options, ops::Metrics& metrics) {
    options.observer = [&metrics](std::string_view statement, std::chrono::nanoseconds time, bool ok) {
        metrics.statement(statement, time, ok);
    };
    return options;
}

storage::DatabaseOptions duties(storage::DatabaseOptions options) {
    options.max_connections = 1;
    return options;
}

gateway::GatewayOptions edge(ServerConfig const& config, ops::Metrics& metrics, std::string socket_path,
                             std::function<bool()> serving) {
    gateway::GatewayOptions options;
    options.allowed_origins = config.allowed_origins;
    options.socket_path = std::move(socket_path);
    options.serving = std::move(serving);
    options.observer = [&metrics](std::string_view route, int status, std::chrono::nanoseconds time) {
        metrics.request(route, status, time);
    };
    options.broke = [](std::string_view where, std::string_view what) {
        ops::write_log(ops::Level::error, "request.broke",
                       ops::fields(ops::field("where", where), ops::field("what", what)));
    };
    return options;
}

net::ListenOptions admin_listener(ServerConfig const& config) {
    net::ListenOptions options;
    options.unix_path = config.admin_socket;
    options.limits.connections = 100;
    options.limits.body = 60s;
    return options;
}

net::ListenOptions metrics_listener(ServerConfig const& config) {
    net::ListenOptions options;
    options.address = config.metrics_address;
    options.port = config.metrics_port;
    options.limits.connections = 100;
    return options;
}

}  // namespace samtal::app
