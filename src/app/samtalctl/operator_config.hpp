#pragma once

#include "samtal/storage/purpose_pool.hpp"

#include <string>

namespace samtal::ctl {

/// config/operator.toml: what migrations and keys are done with.
struct OperatorConfig {
    storage::LoginOptions main, keystore, statistics;
    std::string secrets_directory;
    std::string keys_directory;
};

/// Throws ops::ConfigError: "file:line: key: problem".
[[nodiscard]] OperatorConfig read_operator_config(std::string const& path);

}  // namespace samtal::ctl
