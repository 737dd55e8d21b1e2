#include "commands.hpp"
#include "operator_config.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/key_rotation.hpp"
#include "samtal/storage/key_store.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>

namespace samtal::ctl {

namespace {

void make_keys(Context const& context) {
    auto file = ops::ConfigFile::load(context.operator_config());
    std::string directory;
    auto section = file.section("keys");
    section.read("directory", directory);
    if (directory.empty()) section.refuse("directory", "must be given");
    int const made = storage::KeyRing::create_missing(directory);
    if (context.json) return say(fmt::format(R"({{"created":{}}})", made));
    if (made == 0) return say("all key files are there already");
    say(fmt::format("{} key file{} made in {}; keep a copy apart from the databases' backups", made,
                    made == 1 ? "" : "s", directory));
}

/// The operator's own command; it sees what samtalctl sees.
void back_up(std::string const& command) {
    if (std::system(command.c_str()) != 0)
        throw Failure{"the backup command failed: nothing was destroyed; run keys rotate again"};
}

void rotate(Context const& context, std::string const& backup) {
    constexpr unsigned longest_statement_ms = 60'000;
    auto const config = read_operator_config(context.operator_config());
    storage::KeyRotationOptions options;
    options.keystore = config.keystore;
    options.keystore.statement_timeout_ms = longest_statement_ms;
    options.keys_directory = config.keys_directory;
    if (options.keys_directory.empty()) throw Failure{"operator.toml names no keys.directory"};
    if (!backup.empty()) options.before_destruction = [&backup] { back_up(backup); };
    auto const done = storage::rotate_keys(options);
    if (context.json)
        return say(fmt::format(R"({{"epoch":{},"rewrapped":{},"destroyed":{},"resumed":{}}})", done.epoch,
                               done.rewrapped, done.destroyed, done.resumed));
    if (done.resumed) say("an interrupted rotation was finished");
    say(fmt::format("epoch {} is open; {} key{} rewrapped; {} old key-encryption key{} destroyed", done.epoch,
                    done.rewrapped, done.rewrapped == 1 ? "" : "s", done.destroyed,
                    done.destroyed == 1 ? "" : "s"));
}

void add_rotate(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand(
        "rotate",
        "Wrap all people's keys anew and destroy the old key-encryption key; once a day, while servers run");
    auto const backup = std::make_shared<std::string>();
    command->add_option("--backup", *backup, "Run before the old key is destroyed; when it fails, the key stays")
        ->type_name("COMMAND");
    command->footer(
        "Goes on where an interrupted rotation stopped. Example:\n"
        "  samtalctl --config /etc/samtal/operator.toml keys rotate --backup /usr/local/sbin/back-up-keystore");
    command->callback([&context, backup] { context.action = [&context, backup] { rotate(context, *backup); }; });
}

}  // namespace

void add_keys_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("keys", "The deployment's key files")->require_subcommand(1);
    group->add_subcommand("init", "Make the key files that are missing; never overwrites one")
        ->footer("Example:\n  samtalctl --config /etc/samtal/operator.toml keys init")
        ->callback([&context] { context.action = [&context] { make_keys(context); }; });
    add_rotate(*group, context);
}

}  // namespace samtal::ctl
