#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

#include <memory>

namespace samtal::ctl {

namespace {

using nlohmann::json;

std::string path_of(std::string const& request, std::string const& what) {
    auto const id = Id<struct RequestTag>::parse(request);
    if (!id) throw Failure{"no such thing"};
    return "/admin/privacy/requests/" + id->text() + what;
}

std::string line_of(json const& request) {
    std::string line = request.value("request_id", "") + "  " + request.value("kind", "") + "  " +
                       request.value("state", "") + "  due " + request.value("due_at", "");
    if (request.contains("waits_for")) line += "  waits for " + request.value("waits_for", "");
    return line;
}

void list(Context const& context) {
    json all = json::array();
    json page;
    do {
        json body = json::object();
        if (page.contains("next_cursor")) body["cursor"] = page["next_cursor"];
        page = post(context, "/admin/privacy/requests", body);
        for (json const& request : page["items"]) all.push_back(request);
    } while (!page["next_cursor"].is_null());
    std::string text;
    for (json const& request : all) text += (text.empty() ? "" : "\n") + line_of(request);
    answer(context, {{"items", all}}, text.empty() ? "no open requests" : text);
}

void show(Context const& context, std::string const& request) {
    auto const found = post(context, path_of(request, ""), json::object());
    std::string const user = found["user_id"].is_null() ? "nobody any more" : found.value("user_id", "");
    answer(context, found, line_of(found) + "\nof    " + user);
}

struct Decision {
    std::string request, reason;
};

void decide(Context const& context, Decision const& decision, std::string const& what) {
    auto const changed = post(context, path_of(decision.request, what), {{"reason", decision.reason}});
    answer(context, changed, line_of(changed));
}

void add_decision(CLI::App& group, Context& context, std::string const& name, char const* what) {
    auto* command = group.add_subcommand(name, what);
    auto const decision = std::make_shared<Decision>();
    command->add_option("request", decision->request, "The request")->required()->type_name("REQUEST-ID");
    command->add_option("--reason", decision->reason, "What the person is told")->required();
    command->callback([&context, decision, name] {
        context.action = [&context, decision, name] { decide(context, *decision, "/" + name); };
    });
}

struct Intake {
    std::string kind, number, reference;
    bool identity_checked = false;
};

void take_in(Context const& context, Intake const& intake) {
    auto const taken = post(context, "/admin/privacy/intakes",
                            {{"kind", intake.kind},
                             {"number", intake.number},
                             {"reference", intake.reference},
                             {"identity_checked", intake.identity_checked}});
    answer(context, taken,
           taken.value("explanation", "") + "\nanswer within a month: " + taken.value("due_at", ""));
}

void add_intake(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand("intake", "Take in the request of a person who has no account");
    auto const intake = std::make_shared<Intake>();
    command->add_option("--kind", intake->kind, "What they ask for")
        ->required()
        ->check(CLI::IsMember({"access", "erasure"}));
    command->add_option("--number", intake->number, "Their telephone number, e.g. +46701740605")->required();
    command->add_option("--reference", intake->reference, "Your own case number; no name")->required();
    command->add_flag("--identity-checked", intake->identity_checked, "You have checked who is asking");
    command->footer(
        "Example:\n  samtalctl privacy intake --kind access --number +46701740605 --reference 2026-17 \\\n"
        "      --identity-checked");
    command->callback([&context, intake] { context.action = [&context, intake] { take_in(context, *intake); }; });
}

}  // namespace

void add_privacy_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("privacy", "Requests of people about their own data")->require_subcommand(1);
    group->add_subcommand("list", "Requests that are not answered yet")->callback([&context] {
        context.action = [&context] { list(context); };
    });
    auto* command = group->add_subcommand("show", "One request and whose it is; the look is recorded");
    auto const request = std::make_shared<std::string>();
    command->add_option("request", *request, "The request")->required()->type_name("REQUEST-ID");
    command->callback([&context, request] { context.action = [&context, request] { show(context, *request); }; });
    add_decision(*group, context, "extend", "Two months more, for a reason (GDPR Art. 12(3))");
    add_decision(*group, context, "refuse", "Refuse, for a reason (GDPR Art. 12(4))");
    add_intake(*group, context);
}

}  // namespace samtal::ctl
