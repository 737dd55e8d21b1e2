#include "admin_client.hpp"
#include "commands.hpp"

#include <memory>

namespace samtal::ctl {

namespace {

struct NewOrganisation {
    std::string brand, name;
};

void create(Context const& context, NewOrganisation const& wanted) {
    auto const made = post(context, "/admin/organisations", {{"brand", wanted.brand}, {"name", wanted.name}});
    answer(context, made, "organisation " + made.value("organisation_id", ""));
}

struct NewSwitch {
    std::string organisation, name;
};

void create(Context const& context, NewSwitch const& wanted) {
    auto const made =
        post(context, "/admin/switches", {{"organisation_id", wanted.organisation}, {"name", wanted.name}});
    answer(context, made,
           "switch " + made.value("switch_id", "") + "\ntoken  " + made.value("token", "") +
               "\nThe token is not shown again.");
}

}  // namespace

void add_organisation_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("organisation", "Organisations: the tenants")->require_subcommand(1);
    auto* command = group->add_subcommand("create", "Make an organisation under a brand of config/brands");
    auto const wanted = std::make_shared<NewOrganisation>();
    command->add_option("--brand", wanted->brand, "The brand it is sold under, e.g. advoco")->required();
    command->add_option("--name", wanted->name, "The company's name")->required();
    command->footer("Example:\n  samtalctl organisation create --brand advoco --name \"Provbolaget AB\"");
    command->callback([&context, wanted] { context.action = [&context, wanted] { create(context, *wanted); }; });
}

void add_switch_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("switch", "Telephone exchanges that report calls")->require_subcommand(1);
    auto* command = group->add_subcommand("create", "Give a switch its token for POST /v1/ingest/calls");
    auto const wanted = std::make_shared<NewSwitch>();
    command->add_option("--organisation", wanted->organisation, "Whose calls it reports")
        ->required()
        ->type_name("ID");
    command->add_option("--name", wanted->name, "What the administrators call it")->required();
    add_switch_callback_commands(*group, context);
    command->footer("Example:\n  samtalctl switch create --organisation ID --name \"Main switch\" --json");
    command->callback([&context, wanted] { context.action = [&context, wanted] { create(context, *wanted); }; });
}

}  // namespace samtal::ctl
