#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

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

struct RetentionChoice {
    std::string organisation, chat;
};

void set_retention(Context const& context, RetentionChoice const& wanted) {
    if (!parse_uuid(wanted.organisation)) throw Failure{"no such thing"};
    nlohmann::json body = nlohmann::json::object();
    if (wanted.chat != "register") body["chat"] = wanted.chat;
    auto const set = post(context, "/admin/organisations/" + wanted.organisation + "/retention", body);
    answer(context, set, "chat is kept " + (wanted.chat == "register" ? "as the register says" : wanted.chat));
}

void add_set_retention(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand(
        "set-retention", "How long its chat is kept: shorter than the register says, never longer; recorded");
    auto const wanted = std::make_shared<RetentionChoice>();
    command->add_option("--organisation", wanted->organisation, "Whose chat")->required()->type_name("ID");
    command->add_option("--chat", wanted->chat, "An ISO 8601 period, or `register` for the register's own")
        ->required()
        ->type_name("PERIOD");
    command->footer("Example:\n  samtalctl organisation set-retention --organisation ID --chat P6M");
    command->callback(
        [&context, wanted] { context.action = [&context, wanted] { set_retention(context, *wanted); }; });
}

struct NewSwitch {
    std::string organisation, name, time_zone, country_code, short_prefix;
    unsigned short_digits = 0;
};

void create(Context const& context, NewSwitch const& wanted) {
    nlohmann::json body{{"organisation_id", wanted.organisation}, {"name", wanted.name}};
    if (!wanted.time_zone.empty()) body["time_zone"] = wanted.time_zone;
    if (!wanted.country_code.empty()) body["country_code"] = wanted.country_code;
    if (!wanted.short_prefix.empty()) body["short_prefix"] = wanted.short_prefix;
    if (wanted.short_digits != 0) body["short_digits"] = wanted.short_digits;
    auto const made = post(context, "/admin/switches", body);
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
    add_set_retention(*group, context);
}

void add_switch_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("switch", "Telephone exchanges that report calls")->require_subcommand(1);
    auto* command = group->add_subcommand("create", "Give a switch its token for POST /v1/ingest/…");
    auto const wanted = std::make_shared<NewSwitch>();
    command->add_option("--organisation", wanted->organisation, "Whose calls it reports")
        ->required()
        ->type_name("ID");
    command->add_option("--name", wanted->name, "What the administrators call it")->required();
    add_switch_callback_commands(*group, context);
    command
        ->add_option("--time-zone", wanted->time_zone, "Of its clock on the wall, when that is not the server's")
        ->type_name("IANA-NAME");
    command->add_option("--country-code", wanted->country_code,
                        "Of numbers without one, when that is not the server's");
    command->add_option("--short-prefix", wanted->short_prefix,
                        "What makes a short number a whole one: +46701740 before 605");
    command->add_option("--short-digits", wanted->short_digits, "How many digits a short number has: 3");
    command->footer(
        "Example:\n  samtalctl switch create --organisation ID --name \"Main switch\" --short-prefix +46701740 "
        "--short-digits 3 --json");
    command->callback([&context, wanted] { context.action = [&context, wanted] { create(context, *wanted); }; });
}

}  // namespace samtal::ctl
