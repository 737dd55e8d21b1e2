#include "admin_client.hpp"
#include "commands.hpp"
#include "operator_config.hpp"
#include "samtal/audit/audit_log.hpp"
#include "samtal/consent/gate.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/signing.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

namespace samtal::ctl {

namespace {

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \n\r") + 1);
    return text;
}

std::string content_of(std::string const& path) {
    std::ifstream in{path};
    if (!in) throw Failure{path + ": cannot be read"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string own_public_key(Context const& context) {
    std::string directory;
    ops::ConfigFile::load(context.operator_config()).section("keys").read("directory", directory);
    return storage::Signer{storage::KeyRing{directory}}.public_key();
}

struct Verification {
    std::string against, file, key;
};

/// Of the key that the reader was given; of this deployment's own where there is none.
std::string public_key_of(Context const& context, std::string const& given) {
    if (given.empty()) return own_public_key(context);
    auto const key =
        audit::parse_verifier_key(trimmed(std::filesystem::exists(given) ? content_of(given) : given));
    if (!key) throw Failure{"--key is no verifier key; samtalctl audit key prints one"};
    return *key;
}

void verify(Context const& context, Verification const& wanted) {
    std::string const public_key = public_key_of(context, wanted.key);
    std::optional<std::string> kept;
    bool const is_text = wanted.against.find_first_of("{\n") != std::string::npos;
    if (!wanted.against.empty()) kept = is_text ? wanted.against : content_of(wanted.against);
    audit::Verdict verdict;
    if (wanted.file.empty()) {
        storage::Database db{runtime_database(context)};
        consent::Gate gate;
        verdict = audit::verify_database(db, gate, public_key, kept);
    } else {
        verdict = audit::verify_file(wanted.file, public_key, kept);
    }
    nlohmann::json const report{
        {"intact", !verdict.problem},
        {"leaves", verdict.leaves},
        {"problem", verdict.problem ? nlohmann::json(*verdict.problem) : nlohmann::json(nullptr)}};
    if (context.json || !verdict.problem)
        answer(context, report, "intact: " + std::to_string(verdict.leaves) + " leaves are as they were signed");
    if (verdict.problem) throw Failure{"the audit log was tampered with: " + *verdict.problem};
}

void checkpoint(Context const& context) {
    auto const newest = post(context, "/admin/audit/checkpoint", nlohmann::json::object());
    auto note = newest.value("note", "");
    if (note.empty()) throw Failure{"nothing is in the audit log yet"};
    answer(context, newest, trimmed(std::move(note)));
}

void export_to(Context const& context, std::string const& path) {
    storage::Database db{runtime_database(context)};
    consent::Gate gate;
    auto const leaves = audit::export_log(db, gate, path);
    answer(context, {{"leaves", leaves}, {"file", path}}, std::to_string(leaves) + " leaves written to " + path);
}

void prune(Context const& context) {
    auto const done = post(context, "/admin/audit/prune", nlohmann::json::object(), std::chrono::seconds{600});
    answer(context, done, std::to_string(done.value("pruned", 0)) + " leaves went, and their hashes stay");
}

void add_verify(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand(
        "verify",
        "Recompute the tree and hold it against the signed checkpoints; exit 1 when it was tampered with");
    auto const wanted = std::make_shared<Verification>();
    command
        ->add_option("--against", wanted->against,
                     "The file of an older checkpoint: finds truncation, fork and roll-back too")
        ->type_name("CHECKPOINT");
    command->add_option("--file", wanted->file, "A file of `audit export`, instead of the database")
        ->type_name("FILE");
    command
        ->add_option("--key", wanted->key,
                     "The public key, as `audit key` prints it, or its file; else this deployment's")
        ->type_name("KEY");
    command->footer(
        "Examples:\n  samtalctl audit checkpoint > yesterday.checkpoint\n"
        "  samtalctl audit verify --against yesterday.checkpoint\n"
        "  samtalctl audit verify --file audit.jsonl --key samtal.pub    # needs nothing of this deployment");
    command->callback([&context, wanted] { context.action = [&context, wanted] { verify(context, *wanted); }; });
}

}  // namespace

void add_audit_commands(CLI::App& app, Context& context) {
    auto* group =
        app.add_subcommand("audit", "The audit log, which nobody can change unseen")->require_subcommand(1);
    group->add_subcommand("checkpoint", "Number what waits and print the newest signed checkpoint")
        ->footer("Keep it elsewhere. Example:\n  samtalctl audit checkpoint > $(date +%F).checkpoint")
        ->callback([&context] { context.action = [&context] { checkpoint(context); }; });
    add_verify(*group, context);
    group
        ->add_subcommand(
            "prune",
            "Let leaves go that are past their period; the tree stays verifiable. Servers do it by themselves")
        ->callback([&context] { context.action = [&context] { prune(context); }; });
    auto* out = group->add_subcommand("export", "Write the log to a file that `audit verify --file` reads");
    auto const path = std::make_shared<std::string>();
    out->add_option("file", *path, "A file that does not exist yet")->required()->type_name("FILE");
    out->callback([&context, path] { context.action = [&context, path] { export_to(context, *path); }; });
    group->add_subcommand("key", "Print the public key that checkpoints are verified with")->callback([&context] {
        context.action = [&context] {
            auto const key = audit::verifier_key(own_public_key(context));
            answer(context, {{"key", key}}, key);
        };
    });
}

}  // namespace samtal::ctl
