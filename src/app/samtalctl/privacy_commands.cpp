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

std::string path_of_notice(std::string const& notice, std::string const& what) {
    auto const id = Id<struct NoticeTag>::parse(notice);
    if (!id) throw Failure{"no such thing"};
    return "/admin/privacy/notices/" + id->text() + what;
}

void list_notices(Context const& context) {
    auto const found = post(context, "/admin/privacy/notices", json::object());
    std::string text;
    for (json const& n : found["items"])
        text += (text.empty() ? "" : "\n") + n.value("notice_id", "") + "  " + n.value("recipient", "") + "  " +
                n.value("kind", "") + "  " + n.value("state", "") + " since " + n.value("made_at", "") +
                (n.value("overdue", false) ? "  OVERDUE" : "");
    answer(context, found, text.empty() ? "every recipient is told" : text);
}

void add_notice_commands(CLI::App& group, Context& context) {
    group
        .add_subcommand("notices",
                        "Recipients who are not told yet of a correction, erasure or restriction (GDPR Art. 19)")
        ->callback([&context] { context.action = [&context] { list_notices(context); }; });
    auto* letter = group.add_subcommand("letter", "What to tell one that no mail reaches; the look is recorded");
    auto* told = group.add_subcommand("told", "You told it");
    for (auto* command : {letter, told}) {
        auto const notice = std::make_shared<std::string>();
        command->add_option("notice", *notice, "The notice")->required()->type_name("NOTICE-ID");
        command->callback([&context, notice, mine = command == letter] {
            context.action = [&context, notice, mine] {
                auto const got =
                    post(context, path_of_notice(*notice, mine ? "/letter" : "/told"), json::object());
                answer(context, got, mine ? got.value("letter", "") : "recorded");
            };
        });
    }
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
    add_notice_commands(*group, context);
}

}  // namespace samtal::ctl
