#include "commands.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/key_store.hpp"

#include <fmt/format.h>

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

}  // namespace

void add_keys_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("keys", "The deployment's key files")->require_subcommand(1);
    group->add_subcommand("init", "Make the key files that are missing; never overwrites one")
        ->footer("Example:\n  samtalctl --config /etc/samtal/operator.toml keys init")
        ->callback([&context] { context.action = [&context] { make_keys(context); }; });
}

}  // namespace samtal::ctl
