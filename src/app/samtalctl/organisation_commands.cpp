#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

#include <array>
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
    std::string organisation;
    std::array<std::string, 5> periods;  // in the order of period_options; empty: not to be changed
};

/// The options, and what the server calls them.
struct PeriodOption {
    char const *flag, *field, *help;
};
constexpr std::array<PeriodOption, 5> period_options{
    {{"--chat", "chat", "Messages go after this long"},
     {"--calls-masked", "calls_masked", "The last digits of the other's number, and the note, go after this long"},
     {"--calls-token", "calls_token",
      "The rest of the number goes after this long: a random token takes its place"},
     {"--calls", "calls", "The call itself goes after this long: it is only counted, by the hour"},
     {"--call-counters", "call_counters", "Those counts go after this long"}}};

void set_retention(Context const& context, RetentionChoice const& wanted) {
    if (!parse_uuid(wanted.organisation)) throw Failure{"no such thing"};
    nlohmann::json body = nlohmann::json::object();
    std::string said;
    for (std::size_t n = 0; n < period_options.size(); ++n) {
        std::string const& period = wanted.periods[n];
        if (period.empty()) continue;
        body[period_options[n].field] = period;
        said.append(said.empty() ? "" : ", ").append(period_options[n].field).append(": ");
        said.append(period == "register" ? "as the register says" : period);
    }
    answer(context, post(context, "/admin/organisations/" + wanted.organisation + "/retention", body), said);
}

void add_set_retention(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand("set-retention",
                                         "How long its chat is kept and how its calls fade: in shorter periods "
                                         "than the register's, never longer; recorded");
    auto const wanted = std::make_shared<RetentionChoice>();
    command->add_option("--organisation", wanted->organisation, "Whose chat and calls")
        ->required()
        ->type_name("ID");
    auto* periods = command->add_option_group(
        "Periods", "ISO 8601, after the message or the call; `register` for the register's own");
    for (std::size_t n = 0; n < period_options.size(); ++n)
        periods->add_option(period_options[n].flag, wanted->periods[n], period_options[n].help)
            ->type_name("PERIOD");
    periods->require_option(1, static_cast<int>(period_options.size()));
    command->footer(
        "Examples:\n  samtalctl organisation set-retention --organisation ID --chat P6M\n"
        "  samtalctl organisation set-retention --organisation ID --calls-masked P7D --calls-token P14D --calls "
        "P1M");
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
