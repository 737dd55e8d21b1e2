#include "process.hpp"
#include "samtal/ops/log.hpp"
#include "server.hpp"

#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <string>

namespace samtal::app {

namespace {

/// Raises what may be raised; a server that can hold few connections should say so at its start.
rlim_t raise_open_files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

void reload(std::string const& path, Server& server) {
    try {
        auto const config = read_server_config(path);
        if (server.renew_register(config.register_file)) ops::write_log(ops::Level::info, "register.renewed");
        ops::set_log_level(config.log_level);
        ops::write_log(ops::Level::info, "config.reloaded");
    } catch (std::exception const& e) {  // nothing of it is taken over
        ops::write_log(ops::Level::error, "config.refused", ops::field("problem", e.what()));
    }
}

int run(std::string const& path) {
    auto const config = read_server_config(path);
    ops::start_log("samtal-server", config.log_level);
    block_signals();
    Server server{config};
    server.start();
    ops::write_log(ops::Level::info, "server.started",
                   ops::fields(ops::field("version", SAMTAL_VERSION), ops::field("port", config.listen.port),
                               ops::field("open_files", raise_open_files())));
    int signal = wait_for_signal();
    for (; signal == SIGHUP; signal = wait_for_signal()) reload(path, server);
    ops::write_log(ops::Level::info, "server.stopping");
    server.stop();
    ops::write_log(ops::Level::info, "server.stopped");
    return 0;
}

}  // namespace

}  // namespace samtal::app

int main(int argc, char** argv) {
    CLI::App cli{"Samtal's server: login, profiles, chat and call history over HTTP and WebSocket."};
    std::string config;
    cli.add_option("--config", config, "The configuration, see config/server.toml")->required()->type_name("FILE");
    cli.set_version_flag("--version", "samtal-server " SAMTAL_VERSION);
    try {
        cli.parse(argc, argv);
        return samtal::app::run(config);
    } catch (CLI::ParseError const& e) {
        return cli.exit(e) == 0 ? 0 : 2;
    } catch (samtal::ops::ConfigError const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 2;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "samtal-server: %s\n", e.what());
        return 1;
    }
}
