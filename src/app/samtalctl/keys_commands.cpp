#include "commands.hpp"
#include "operator_config.hpp"
#include "samtal/audit/audit_log.hpp"
#include "samtal/consent/gate.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/key_rotation.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/signing.hpp"
#include "signing_key.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <memory>

namespace samtal::ctl {

namespace {

std::string keys_directory(Context const& context) {
    auto file = ops::ConfigFile::load(context.operator_config());
    std::string directory;
    auto section = file.section("keys");
    section.read("directory", directory);
    if (directory.empty()) section.refuse("directory", "must be given");
    return directory;
}

void make_keys(Context const& context) {
    std::string const directory = keys_directory(context);
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

/// Afterwards: a rotation that did not happen must not stand in the trail.
void record(Context const& context, storage::KeyRotationReport const& done) {
    try {
        storage::Database db{runtime_database(context)};
        consent::Gate gate;
        audit::record_key_rotation(db, gate, done);
    } catch (std::exception const&) {
        throw Failure{
            fmt::format("epoch {} is open and the old keys are destroyed, but the audit trail could not be "
                        "reached: rotate again when the main database is there",
                        done.epoch)};
    }
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
    record(context, done);
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

void show_public_key(Context const& context, std::string const& out) {
    std::string const pem = storage::public_key_pem(signing_public_key(context));
    if (!out.empty()) {
        std::ofstream file{out, std::ios::binary};
        if (!(file << pem << std::flush)) throw Failure{out + ": cannot be written"};
    }
    if (context.json) return say(nlohmann::json{{"public_key", pem}}.dump());
    say(out.empty() ? pem.substr(0, pem.find_last_not_of('\n') + 1) : "written to " + out);
}

}  // namespace

std::string signing_public_key(Context const& context) {
    return storage::Signer{storage::KeyRing{keys_directory(context)}}.public_key();
}

void add_keys_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("keys", "The deployment's key files")->require_subcommand(1);
    group->add_subcommand("init", "Make the key files that are missing; never overwrites one")
        ->footer("Example:\n  samtalctl --config /etc/samtal/operator.toml keys init")
        ->callback([&context] { context.action = [&context] { make_keys(context); }; });
    add_rotate(*group, context);
    auto* shown =
        group->add_subcommand("public", "The public key that receipts and certificates verify with (PEM)");
    auto const out = std::make_shared<std::string>();
    shown->add_option("--out", *out, "Write it there instead")->type_name("FILE");
    shown->footer("Example:\n  samtalctl keys public --out samtal.pem");
    shown->callback([&context, out] { context.action = [&context, out] { show_public_key(context, *out); }; });
}

}  // namespace samtal::ctl
