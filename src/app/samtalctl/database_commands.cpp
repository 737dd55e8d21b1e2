#include "commands.hpp"
#include "operator_config.hpp"
#include "samtal/storage/migrator.hpp"

#include <fmt/format.h>

namespace samtal::ctl {

namespace {

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
