#include "commands.hpp"
#include "samtal/ops/config_section.hpp"

#include <curl/curl.h>

#include <cstdio>
#include <exception>

namespace samtal::ctl {
namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_use = 2;

constexpr auto examples = R"(Examples:
  samtalctl --config /etc/samtal/operator.toml keys init
  samtalctl --config /etc/samtal/operator.toml database migrate
  samtalctl organisation create --brand advoco --name "Provbolaget AB"
  samtalctl user invite --organisation ID --given-name Anna --family-name Andersson \
      --email anna@example.org --phone +46701740605
  samtalctl switch create --organisation ID --name "Main switch" --json
  samtalctl statistics close-epoch
  samtalctl register check
  samtalctl retention run --dry-run
  samtalctl hold add --user ID --case "T 1234-26"
  samtalctl user show USER-ID --as bo.admin --purpose-code support-case
  samtalctl audit verify --against yesterday.checkpoint
  samtalctl routes

Exit status: 0 done, 1 refused or failed, 2 wrong use.)";

void add_global_options(CLI::App& app, Context& context) {
    app.add_option("--config", context.config,
                   "Configuration: operator.toml for database and keys, server.toml for the other commands")
        ->type_name("FILE");
    app.add_option("--data", context.data, "Data directory of script/server, instead of --config")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_flag("--json", context.json, "Answer with one JSON object");
}

int complain(int code, std::string const& problem) {
    std::fprintf(stderr, "samtalctl: %s\n", problem.c_str());
    return code;
}

int run(int argc, char** argv) {
    Context context;
    CLI::App app{"Administration of Samtal", "samtalctl"};
    app.set_version_flag("--version", SAMTAL_VERSION);
    app.footer(examples);
    app.require_subcommand(1);
    app.fallthrough();  // inherited by the subcommands: global options may stand behind them too
    add_global_options(app, context);
    add_database_commands(app, context);
    add_keys_commands(app, context);
    add_consent_commands(app, context);
    add_organisation_commands(app, context);
    add_user_commands(app, context);
    add_switch_commands(app, context);
    add_statistics_commands(app, context);
    add_register_commands(app, context);
    add_privacy_commands(app, context);
    add_retention_commands(app, context);
    add_hold_commands(app, context);
    add_disclosure_command(app, context);
    add_audit_commands(app, context);
    add_breach_commands(app, context);
    add_routes_command(app, context);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        return app.exit(e) == 0 ? done : wrong_use;
    }
    context.action();
    return done;
}

}  // namespace
}  // namespace samtal::ctl

int main(int argc, char** argv) {
    using namespace samtal;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int code = ctl::failed;
    try {
        code = ctl::run(argc, argv);
    } catch (ops::ConfigError const& e) {
        code = ctl::complain(ctl::wrong_use, e.what());
    } catch (std::exception const& e) {
        code = ctl::complain(ctl::failed, e.what());
    }
    curl_global_cleanup();
    return code;
}
