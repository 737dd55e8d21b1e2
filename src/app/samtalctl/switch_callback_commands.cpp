#include "admin_client.hpp"
#include "commands.hpp"

#include <fstream>
#include <memory>

namespace samtal::ctl {

namespace {

struct Callback {
    std::string switch_id, url, credential_file;
};

std::string path_of(std::string const& switch_id, std::string const& what) {
    return "/admin/switches/" + switch_id + "/callback" + what;
}

/// In a file, because everybody on the machine can read a command line.
std::string first_line(std::string const& file) {
    std::ifstream in{file};
    std::string line;
    if (!std::getline(in, line)) throw Failure{file + ": cannot be read, or is empty"};
    return line;
}

void set(Context const& context, Callback const& wanted) {
    auto const made = post(context, path_of(wanted.switch_id, ""),
                           {{"url", wanted.url}, {"credential", first_line(wanted.credential_file)}});
    answer(context, made, "calls from the app go to " + wanted.url);
}

void remove(Context const& context, std::string const& switch_id) {
    auto const made = post(context, path_of(switch_id, "/remove"), nlohmann::json::object());
    answer(context, made, "the switch is asked for no calls any more");
}

}  // namespace

void add_switch_callback_commands(CLI::App& group, Context& context) {
    auto* callback = group.add_subcommand("callback", "Where a switch is asked to connect calls from the app");
    callback->require_subcommand(1);
    auto* command = callback->add_subcommand("set", "Say where, and by which credential");
    auto const wanted = std::make_shared<Callback>();
    command->add_option("switch", wanted->switch_id, "The switch")->required()->type_name("SWITCH-ID");
    command->add_option("--url", wanted->url, "Its host must stand in dialing.allowed_hosts of server.toml")
        ->required();
    command
        ->add_option("--credential-file", wanted->credential_file,
                     "Its first line is sent as a bearer token, and kept encrypted")
        ->required()
        ->type_name("FILE");
    command->footer(
        "Example:\n  samtalctl switch callback set SWITCH-ID --url https://pbx.example/originate "
        "--credential-file pbx.token");
    command->callback([&context, wanted] { context.action = [&context, wanted] { set(context, *wanted); }; });
    auto* removing = callback->add_subcommand("remove", "Ask it no more");
    auto const switch_id = std::make_shared<std::string>();
    removing->add_option("switch", *switch_id, "The switch")->required()->type_name("SWITCH-ID");
    removing->callback(
        [&context, switch_id] { context.action = [&context, switch_id] { remove(context, *switch_id); }; });
}

}  // namespace samtal::ctl
