#pragma once

#include "context.hpp"
#include "samtal/storage/database.hpp"

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

/// The main database as the purposes' roles see it, on one connection: for what the audit trail's role does
/// without a server.
[[nodiscard]] storage::DatabaseOptions runtime_database(Context const&);

}  // namespace samtal::ctl
