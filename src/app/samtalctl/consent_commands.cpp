#include "commands.hpp"
#include "samtal/consent/receipt.hpp"
#include "signing_key.hpp"

#include <fstream>
#include <iterator>
#include <memory>

namespace samtal::ctl {

namespace {

struct Receipt {
    std::string file, public_key;
};

std::string read_file(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw Failure{path + ": cannot be read"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string trusted_key(Context const& context, std::string const& file) {
    if (file.empty()) return signing_public_key(context);
    auto key = storage::read_public_key_pem(read_file(file));
    if (!key) throw Failure{file + ": is no Ed25519 public key in PEM (samtalctl keys public writes one)"};
    return *std::move(key);
}

void verify(Context const& context, Receipt const& receipt) {
    bool const holds = consent::receipt_holds(read_file(receipt.file), trusted_key(context, receipt.public_key));
    if (context.json) say(holds ? R"({"valid":true})" : R"({"valid":false})");
    if (!holds) throw Failure{receipt.file + ": was not given out by this deployment, or was changed since"};
    if (!context.json) say("the receipt was given out by this deployment and is unchanged");
}

}  // namespace

void add_consent_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("consent", "What people consented to")->require_subcommand(1);
    auto* command = group->add_subcommand("verify-receipt", "Check a person's receipt; needs no server");
    auto const receipt = std::make_shared<Receipt>();
    command->add_option("file", receipt->file, "The receipt, or an answer that holds it")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--public-key", receipt->public_key, "The deployment's public key, instead of its key files")
        ->type_name("FILE");
    command->footer("Example:\n  samtalctl consent verify-receipt receipt.json --public-key samtal.pem");
    command->callback(
        [&context, receipt] { context.action = [&context, receipt] { verify(context, *receipt); }; });
}

}  // namespace samtal::ctl
