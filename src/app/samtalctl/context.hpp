#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace samtal::ctl {

/// Something was refused or failed: one line for a person, exit 1.
class Failure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The global options, and what the chosen command does once the line has been read.
struct Context {
    std::string config;        // --config
    std::string data = "var";  // --data
    bool json = false;
    std::function<void()> action;

    /// What migrations and keys are done with: --config, or operator.toml of the data directory.
    [[nodiscard]] std::string operator_config() const;
    /// What the running server was started with: --config, or server.toml of the data directory.
    [[nodiscard]] std::string server_config() const;
    /// Where the running server takes administration. Throws Failure when no server was ever configured there.
    [[nodiscard]] std::string admin_socket() const;
};

/// One line on standard output.
void say(std::string const& line);

}  // namespace samtal::ctl
