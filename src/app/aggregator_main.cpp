#include "process.hpp"
#include "samtal/aggregate/aggregator.hpp"
#include "samtal/net/server.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/ops/log.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

namespace samtal::app {

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_use = 2;
constexpr std::chrono::seconds grace{5};

struct Config {
    std::string address = "127.0.0.1";
    unsigned short port = 8090;
    std::string link_address = "127.0.0.1";
    unsigned short link_port = 8091;
    aggregate::AggregatorOptions parts;
    std::string log_level = "info";
};

void read_database(ops::ConfigFile& file, storage::LoginOptions& login) {
    login = {"", 5432, "samtal_statistics", "samtal_aggregator", "", 5000};
    auto section = file.section("database");
    section.read("host", login.host)
        .read("port", login.port, 1U, 65535U)
        .read("name", login.name)
        .read("user", login.user)
        .read("password_file", login.password_file)
        .read("statement_timeout_ms", login.statement_timeout_ms, 1U, 600'000U)
        .finish();
}

Config read_config(std::string const& path) {
    Config config;
    constexpr unsigned short any = 0, greatest = 65535;
    auto file = ops::ConfigFile::load(path);
    file.section("server").read("address", config.address).read("port", config.port, any, greatest).finish();
    auto link = file.section("link");
    link.read("address", config.link_address).read("port", config.link_port, any, greatest);
    link.read("key_file", config.parts.link_key_file).finish();
    if (config.parts.link_key_file.empty())
        link.refuse("key_file", "must name the key file shared with the server");
    auto statistics = file.section("statistics");
    statistics.read("labels_file", config.parts.labels_file).finish();
    if (config.parts.labels_file.empty()) statistics.refuse("labels_file", "must name the file of labels");
    read_database(file, config.parts.database);
    auto log = file.section("log");
    log.read("level", config.log_level).finish();
    constexpr std::array<std::string_view, 4> levels{"debug", "info", "warning", "error"};
    if (std::find(levels.begin(), levels.end(), config.log_level) == levels.end())
        log.refuse("level", "must be debug, info, warning or error");
    file.finish();
    return config;
}

net::ListenOptions listen_at(std::string const& address, unsigned short port) {
    net::ListenOptions options;
    options.address = address;
    options.port = port;
    options.limits.connections = 1'000;
    return options;
}

/// SIGHUP takes over the new log level; what is wrong then is logged and changes nothing.
void reload(std::string const& path) {
    try {
        ops::set_log_level(read_config(path).log_level);
        ops::write_log(ops::Level::info, "aggregator.reloaded");
    } catch (ops::ConfigError const& e) {
        ops::write_log(ops::Level::error, "aggregator.config_refused", ops::field("problem", e.what()));
    }
}

int serve(std::string const& path) {
    Config const config = read_config(path);
    ops::start_log("samtal-aggregator", config.log_level);
    block_signals();  // before any thread is started
    aggregate::Aggregator aggregator{config.parts};
    net::IoThreads threads{1};
    net::Server figures{threads, aggregator.figures(), listen_at(config.address, config.port)};
    net::Server link{threads, aggregator.link(), listen_at(config.link_address, config.link_port)};
    figures.start();
    link.start();
    ops::write_log(ops::Level::info, "aggregator.ready",
                   ops::fields(ops::field("port", figures.port()), ops::field("link_port", link.port())));
    while (wait_for_signal() == SIGHUP) reload(path);
    ops::write_log(ops::Level::info, "aggregator.stopping");
    link.stop(grace);
    figures.stop(grace);
    aggregator.close();
    threads.join();
    return done;
}

int run(int argc, char** argv) {
    CLI::App app{"Samtal's statistics worker: takes in frames and publishes figures", "samtal-aggregator"};
    app.set_version_flag("--version", SAMTAL_VERSION);
    std::string path;
    app.add_option("--config", path, "aggregator.toml")->required()->type_name("FILE");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        return app.exit(e) == 0 ? done : wrong_use;
    }
    return serve(path);
}

}  // namespace

}  // namespace samtal::app

int main(int argc, char** argv) {
    try {
        return samtal::app::run(argc, argv);
    } catch (samtal::ops::ConfigError const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return samtal::app::wrong_use;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "samtal-aggregator: %s\n", e.what());
        return samtal::app::failed;
    }
}
