#include "commands.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/migrator.hpp"

#include <fmt/format.h>

namespace samtal::ctl {

namespace {

struct OperatorConfig {
    storage::LoginOptions main, keystore, statistics;
    std::string secrets_directory;
    std::string keys_directory;
};

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

std::string applied(int steps) {
    if (steps == 0) return "already current";
    return fmt::format("{} migration{} applied", steps, steps == 1 ? "" : "s");
}

void migrate(Context const& context) {
    auto const config = read_operator_config(context.operator_config());
    auto const keys = storage::migrate(config.keystore, "samtal_keys_owner", storage::keys_migrations);
    auto const statistics =
        storage::migrate(config.statistics, "samtal_statistics_owner", storage::statistics_migrations);
    auto const main = storage::migrate(config.main, "samtal_owner", storage::main_migrations);
    auto const roles = storage::grant_roles(config.main, config.secrets_directory, main.applied > 0);
    if (context.json)
        return say(fmt::format(
            R"({{"main":{{"applied":{}}},"keystore":{{"applied":{}}},"statistics":{{"applied":{}}},"grants_renewed":{}}})",
            main.applied, keys.applied, statistics.applied, roles.grants_renewed));
    say("main:       " + applied(main.applied));
    say("key store:  " + applied(keys.applied));
    say("statistics: " + applied(statistics.applied));
    say(roles.grants_renewed ? "roles:      grants renewed" : "roles:      already current");
}

}  // namespace

void add_database_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("database", "The databases' schemas and roles")->require_subcommand(1);
    group
        ->add_subcommand(
            "migrate",
            "Bring the three databases to this program's schema, and the roles to the register's grants")
        ->footer(
            "Does nothing where nothing is to do. Example:\n"
            "  samtalctl --config /etc/samtal/operator.toml database migrate")
        ->callback([&context] { context.action = [&context] { migrate(context); }; });
}

}  // namespace samtal::ctl
