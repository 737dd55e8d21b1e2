#include "operator_config.hpp"

#include "samtal/ops/config_section.hpp"

namespace samtal::ctl {

namespace {

storage::LoginOptions read_login(ops::ConfigFile& file, std::string const& section,
                                 storage::LoginOptions defaults) {
    constexpr unsigned least_port = 1;
    constexpr unsigned greatest_port = 65535;
    auto in = file.section(section);
    in.read("host", defaults.host)
        .read("port", defaults.port, least_port, greatest_port)
        .read("name", defaults.name)
        .read("user", defaults.user)
        .read("password_file", defaults.password_file);
    if (defaults.host.empty()) in.refuse("host", "must be given");
    if (defaults.password_file.empty()) in.refuse("password_file", "must be given");
    in.finish();
    defaults.statement_timeout_ms = 0;  // a migration takes the time it takes
    return defaults;
}

}  // namespace

OperatorConfig read_operator_config(std::string const& path) {
    auto file = ops::ConfigFile::load(path);
    OperatorConfig config;
    config.main =
        read_login(file, "main", {.host = "", .name = "samtal", .user = "samtal_migrator", .password_file = ""});
    config.keystore = read_login(
        file, "keystore",
        {.host = "", .port = 5433, .name = "samtal_keys", .user = "samtal_keys_migrator", .password_file = ""});
    config.statistics =
        read_login(file, "statistics",
                   {.host = "", .name = "samtal_statistics", .user = "samtal_migrator", .password_file = ""});
    auto roles = file.section("roles");
    roles.read("secrets_directory", config.secrets_directory).finish();
    auto keys = file.section("keys");
    keys.read("directory", config.keys_directory).finish();
    file.finish();
    if (config.secrets_directory.empty()) roles.refuse("secrets_directory", "must be given");
    return config;
}

storage::DatabaseOptions runtime_database(Context const& context) {
    constexpr unsigned least_port = 1;
    constexpr unsigned greatest_port = 65'535;
    auto file = ops::ConfigFile::load(context.operator_config());
    storage::DatabaseOptions options;
    options.name = "samtal";
    file.section("main")
        .read("host", options.host)
        .read("port", options.port, least_port, greatest_port)
        .read("name", options.name);
    file.section("roles").read("secrets_directory", options.secrets_directory);
    options.max_connections = 1;
    return options;
}

}  // namespace samtal::ctl
