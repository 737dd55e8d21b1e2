#pragma once

#include "samtal/calls/calls_room.hpp"
#include "samtal/delivery/delivery.hpp"
#include "samtal/dialing/dialing_room.hpp"
#include "samtal/gateway/gateway.hpp"
#include "samtal/greetings/greetings_room.hpp"
#include "samtal/identity/identity_room.hpp"
#include "samtal/net/server.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/ops/mailer.hpp"
#include "samtal/retention/retention.hpp"
#include "samtal/statistics/statistics.hpp"
#include "samtal/storage/purpose_pool.hpp"

#include <string>
#include <vector>

namespace samtal::app {

struct MailConfig {
    std::string sink = "directory";  // or smtp
    std::string directory = "/var/lib/samtal/mail";
    ops::SmtpOptions smtp;
    std::string from = "no-reply@localhost";
};

/// config/server.toml, read and checked. What a section means is explained in the file itself.
struct ServerConfig {
    net::ListenOptions listen;
    unsigned io_threads = 0;
    std::string admin_socket = "/run/samtal/admin.sock";
    std::string metrics_address = "127.0.0.1";
    unsigned short metrics_port = 9464;
    std::vector<std::string> allowed_origins;
    storage::DatabaseOptions database;
    storage::LoginOptions keystore;
    std::string keys_directory;
    std::string brands_directory;
    std::string register_file = "/usr/share/samtal/config/processing.toml";
    statistics::StatisticsOptions statistics;
    identity::IdentityOptions identity;
    calls::CallsOptions calls;
    calls::NumberingPlan numbering;
    greetings::GreetingsOptions greetings;
    dialing::DialingOptions dialing;
    retention::RetentionOptions retention;
    delivery::BusOptions bus;
    MailConfig mail;
    std::string log_level = "info";
};

/// Throws ops::ConfigError: "file:line: key: problem".
[[nodiscard]] ServerConfig read_server_config(std::string const& path);

/// The brands of a directory, by file name. Throws ops::ConfigError.
[[nodiscard]] std::vector<consent::Brand> read_brands(std::string const& directory);

}  // namespace samtal::app
