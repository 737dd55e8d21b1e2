#include "context.hpp"

#include "samtal/ops/config_section.hpp"

#include <cstdio>
#include <filesystem>

namespace samtal::ctl {

std::string Context::operator_config() const {
    return config.empty() ? data + "/config/operator.toml" : config;
}

std::string Context::server_config() const {
    return config.empty() ? data + "/config/server.toml" : config;
}

std::string Context::admin_socket() const {
    std::string const file = server_config();
    if (config.empty() && !std::filesystem::exists(file))
        throw Failure{"no server was started with the data directory " + data + " yet; script/server does"};
    std::string path;
    auto parsed = ops::ConfigFile::load(file);
    parsed.section("server").read("admin_socket", path);
    if (path.empty())
        throw Failure{file + " names no server.admin_socket: it is no configuration of samtal-server"};
    return path;
}

void say(std::string const& line) {
    std::puts(line.c_str());
}

}  // namespace samtal::ctl
