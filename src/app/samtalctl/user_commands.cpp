#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

#include <memory>

namespace samtal::ctl {

namespace {

struct Invitation {
    std::string organisation, given_name, family_name, email, phone, phone_since;
    std::string role = "member";
};

void invite(Context const& context, Invitation const& who) {
    nlohmann::json body{{"organisation_id", who.organisation},
                        {"given_name", who.given_name},
                        {"family_name", who.family_name},
                        {"email", who.email},
                        {"phone", who.phone},
                        {"role", who.role}};
    if (!who.phone_since.empty()) body["phone_since"] = who.phone_since;
    auto const made = post(context, "/admin/users", body);
    answer(context, made,
           "user            " + made.value("user_id", "") + "\nactivation code " +
               made.value("activation_code", "") + "\nThe code works once and is not shown again.");
}

void add_invite(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand("invite", "Invite a person; they activate with the code this prints");
    auto const who = std::make_shared<Invitation>();
    command->add_option("--organisation", who->organisation, "Where they work")->required()->type_name("ID");
    command->add_option("--given-name", who->given_name, "Given name")->required();
    command->add_option("--family-name", who->family_name, "Family name")->required();
    command->add_option("--email", who->email, "E-mail address")->required();
    command->add_option("--phone", who->phone, "Telephone number, e.g. +46701740605")->required();
    command->add_option("--phone-since", who->phone_since, "From when on the number is theirs; now if not given")
        ->type_name("TIME");
    command->add_option("--role", who->role, "What they may do")
        ->check(CLI::IsMember({"member", "admin", "support"}))
        ->capture_default_str();
    command->footer(
        "Example:\n  samtalctl user invite --organisation ID --given-name Anna --family-name Andersson \\\n"
        "      --email anna@example.org --phone +46701740605 --phone-since 2026-01-01T00:00:00Z");
    command->callback([&context, who] { context.action = [&context, who] { invite(context, *who); }; });
}

/// The path of a person's resource. What is no id names nobody, and is not put into a path.
std::string path_of(std::string const& user, std::string const& resource) {
    auto const id = UserId::parse(user);
    if (!id) throw Failure{"no such thing"};
    return "/admin/users/" + id->text() + resource;
}

struct NumberChange {
    std::string user, phone, at;
};

void add_number(Context const& context, NumberChange const& change) {
    nlohmann::json body{{"phone", change.phone}};
    if (!change.at.empty()) body["since"] = change.at;
    auto const made = post(context, path_of(change.user, "/numbers"), body);
    answer(context, made, "the number is theirs from " + made.value("valid_from", "now") + " on");
}

void end_number(Context const& context, NumberChange const& change) {
    nlohmann::json body{{"phone", change.phone}};
    if (!change.at.empty()) body["at"] = change.at;
    auto const made = post(context, path_of(change.user, "/numbers/end"), body);
    answer(context, made, "the number is theirs until " + made.value("valid_to", "now"));
}

void add_number_commands(CLI::App& group, Context& context) {
    auto* number = group.add_subcommand("number", "Which number is whose, and when")->require_subcommand(1);
    auto const option = [&context, number](char const* name, char const* what, char const* when,
                                           char const* when_what,
                                           void (*run)(Context const&, NumberChange const&)) {
        auto* command = number->add_subcommand(name, what);
        auto const change = std::make_shared<NumberChange>();
        command->add_option("user", change->user, "The person")->required()->type_name("USER-ID");
        command->add_option("--phone", change->phone, "Telephone number, e.g. +46701740605")->required();
        command->add_option(when, change->at, when_what)->type_name("TIME");
        command->callback(
            [&context, change, run] { context.action = [&context, change, run] { run(context, *change); }; });
        return command;
    };
    option("add", "Give a person a number", "--since", "From when on it is theirs; now if not given", add_number)
        ->footer(
            "Example:\n  samtalctl user number add USER-ID --phone +46701740605 --since 2026-01-01T00:00:00Z");
    option("end", "Take a number from a person", "--at", "Until when it is theirs; now if not given", end_number)
        ->footer("Example:\n  samtalctl user number end USER-ID --phone +46701740605");
}

struct Look {
    std::string user, as, code;
};

std::string readable(nlohmann::json const& person) {
    auto const& profile = person.at("profile");
    std::string text = "account       " + person.value("state", "") + ", " + person.value("role", "") +
                       "\nsessions      " + std::to_string(person.value("sessions", 0));
    if (profile.is_null())
        return text + "\nThe person has restricted the use of their data: nothing else is shown.";
    text += "\nname          " + profile.value("given_name", "") + " " + profile.value("family_name", "");
    text += "\ne-mail        " + profile.value("email", "");
    for (auto const& number : profile.at("phone_numbers")) text += "\nnumber        " + number.get<std::string>();
    return text;
}

void show(Context const& context, Look const& look) {
    auto const person = post(context, path_of(look.user, "/show"), {{"as", look.as}, {"purpose_code", look.code}});
    answer(context, person, readable(person));
}

void add_show(CLI::App& group, Context& context) {
    auto* command =
        group.add_subcommand("show", "Look at a person, as named staff; the person sees who looked and why");
    auto const look = std::make_shared<Look>();
    command->add_option("user", look->user, "The person")->required()->type_name("USER-ID");
    command->add_option("--as", look->as, "Who looks: an administrator or support of the person's organisation")
        ->required()
        ->type_name("USER");
    command
        ->add_option(
            "--purpose-code", look->code,
            "Why: support-case, account-help, security-incident or legal-request (config/processing.toml)")
        ->required()
        ->type_name("CODE");
    command->footer("Example:\n  samtalctl user show USER-ID --as bo.admin --purpose-code support-case");
    command->callback([&context, look] { context.action = [&context, look] { show(context, *look); }; });
}

void set_state(Context const& context, std::string const& user, std::string const& state) {
    auto const made = post(context, path_of(user, "/state"), {{"state", state}});
    answer(context, made, "the account is " + made.value("state", state));
}

void add_state_command(CLI::App& group, Context& context, char const* name, char const* what, char const* state) {
    auto* command = group.add_subcommand(name, what);
    auto const user = std::make_shared<std::string>();
    command->add_option("user", *user, "The person")->required()->type_name("USER-ID");
    command->callback([&context, user, state] {
        context.action = [&context, user, state] { set_state(context, *user, state); };
    });
}

}  // namespace

void add_user_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("user", "People and their numbers")->require_subcommand(1);
    add_invite(*group, context);
    add_show(*group, context);
    add_number_commands(*group, context);
    add_state_command(*group, context, "suspend", "Shut an account and end its sessions at once", "suspended");
    add_state_command(*group, context, "activate", "Open a suspended account again", "active");
}

}  // namespace samtal::ctl
