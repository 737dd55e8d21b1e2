#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

#include <fmt/format.h>

#include <memory>

namespace samtal::ctl {

namespace {

struct RunOptions {
    std::string now;
    bool dry_run = false;
};

std::string lines(nlohmann::json const& counts, std::string const& indent) {
    std::string text;
    for (auto const& [category, rows] : counts.items())
        text += fmt::format("{}{}{:<24}{}", text.empty() ? "" : "\n", indent, category, rows.get<std::int64_t>());
    return text;
}

void run(Context const& context, RunOptions const& options) {
    constexpr std::chrono::seconds patience{3600};  // a backlog takes the time it takes
    nlohmann::json body{{"dry_run", options.dry_run}};
    if (!options.now.empty()) body["now"] = options.now;
    auto const done = post(context, "/admin/retention/run", body, patience);
    answer(context, done, (options.dry_run ? "would delete\n" : "deleted\n") + lines(done.at("counts"), "  "));
}

void reports(Context const& context, unsigned limit) {
    auto const found = post(context, "/admin/retention/reports", {{"limit", limit}});
    std::string text;
    for (auto const& run : found.at("items")) {
        std::string const end =
            run.at("ended_at").is_null() ? "not ended" : "ended " + run.at("ended_at").get<std::string>();
        text += fmt::format("{}{} {} for {}, {}\n{}", text.empty() ? "" : "\n", run.value("began_at", ""),
                            run.value("kind", ""), run.value("now", ""), end, lines(run.at("counts"), "  "));
    }
    answer(context, found, text);
}

struct HoldOptions {
    std::string user, organisation, reference;
};

nlohmann::json body_of(HoldOptions const& options) {
    nlohmann::json body{{"user_id", options.user}, {"case", options.reference}};
    if (!options.organisation.empty()) body["organisation_id"] = options.organisation;
    return body;
}

void hold(Context const& context, HoldOptions const& options) {
    auto const made = post(context, "/admin/holds", body_of(options));
    answer(context, made, "held since " + made.value("placed_at", "now"));
}

void release(Context const& context, HoldOptions const& options) {
    auto const made = post(context, "/admin/holds/release", body_of(options));
    answer(context, made, "released; what waited goes with the next retention run");
}

void list(Context const& context, std::string const& user) {
    nlohmann::json body = nlohmann::json::object();
    if (!user.empty()) body["user_id"] = user;
    auto const found = post(context, "/admin/holds/list", body);
    std::string text;
    for (auto const& one : found.at("items"))
        text += fmt::format(
            "{}{}  {}  since {}{}", text.empty() ? "" : "\n", one.value("user_id", ""), one.value("case", ""),
            one.value("placed_at", ""),
            one.at("released_at").is_null() ? "" : " until " + one.at("released_at").get<std::string>());
    answer(context, found, text.empty() ? "nobody is held" : text);
}

struct DisclosureOptions {
    std::string reference, number, from, to, by, second;
};

void disclose(Context const& context, DisclosureOptions const& o) {
    auto const given = post(context, "/admin/authority-disclosure",
                            {{"case", o.reference},
                             {"number", o.number},
                             {"from", o.from},
                             {"to", o.to},
                             {"by", o.by},
                             {"second", o.second}});
    say(context.json ? given.dump() : given.dump(2));
}

struct ReleaseOptions {
    std::string disclosure, by, second;
};

void release_disclosure(Context const& context, ReleaseOptions const& o) {
    if (!parse_uuid(o.disclosure)) throw Failure{"no such thing"};
    auto const done = post(context, "/admin/authority-disclosure/" + o.disclosure + "/release",
                           {{"by", o.by}, {"second", o.second}});
    answer(context, done, fmt::format("{} people see it now", done.value("people", 0)));
}

void add_release_command(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand(
        "authority-release",
        "Let those whose number it was see a disclosure, now that the case allows it; recorded");
    auto const options = std::make_shared<ReleaseOptions>();
    command->add_option("disclosure", options->disclosure, "As authority-disclosure answered it")
        ->required()
        ->type_name("DISCLOSURE-ID");
    command->add_option("--by", options->by, "The administrator who answers for it")
        ->required()
        ->type_name("ADMIN");
    command->add_option("--second", options->second, "and another one")->required()->type_name("ADMIN");
    command->callback(
        [&context, options] { context.action = [&context, options] { release_disclosure(context, *options); }; });
}

void add_hold_command(CLI::App& group, Context& context, char const* name, char const* what,
                      void (*act)(Context const&, HoldOptions const&)) {
    auto* command = group.add_subcommand(name, what);
    auto const options = std::make_shared<HoldOptions>();
    command->add_option("--user", options->user, "Whose data")->required()->type_name("ID");
    command->add_option("--case", options->reference, "The case that needs it")->required()->type_name("REF");
    command
        ->add_option("--organisation", options->organisation, "Refuse unless the person is of this organisation")
        ->type_name("ID");
    command->footer(fmt::format("Example:\n  samtalctl hold {} --user ID --case \"T 1234-26\"", name));
    command->callback(
        [&context, options, act] { context.action = [&context, options, act] { act(context, *options); }; });
}

}  // namespace

void add_retention_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("retention", "Deletion of what is past its period")->require_subcommand(1);
    auto* command = group->add_subcommand("run", "Delete now what is due, and count it by category");
    auto const options = std::make_shared<RunOptions>();
    command->add_option("--now", options->now, "As if it were that time; it may lie ahead")->type_name("TIME");
    command->add_flag("--dry-run", options->dry_run, "Count only");
    command->footer("Example:\n  samtalctl retention run --now 2027-12-31 --dry-run --json");
    command->callback([&context, options] { context.action = [&context, options] { run(context, *options); }; });
    auto* history = group->add_subcommand("reports", "What the last runs deleted, the newest first");
    auto const limit = std::make_shared<unsigned>(20);
    history->add_option("--limit", *limit, "How many")->check(CLI::Range(1U, 1000U))->capture_default_str();
    history->callback([&context, limit] { context.action = [&context, limit] { reports(context, *limit); }; });
}

void add_hold_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("hold", "Legal holds: whose data is not deleted, for which case")
                      ->require_subcommand(1);
    add_hold_command(*group, context, "add", "Keep a person's data for a case", hold);
    add_hold_command(*group, context, "release", "End that; the next run deletes what waited", release);
    auto* command = group->add_subcommand("list", "The holds that stand, or all of one person");
    auto const user = std::make_shared<std::string>();
    command->add_option("--user", *user, "Of this person, released ones too")->type_name("ID");
    command->callback([&context, user] { context.action = [&context, user] { list(context, *user); }; });
}

void add_disclosure_command(CLI::App& app, Context& context) {
    auto* command =
        app.add_subcommand("authority-disclosure",
                           "Give an authority the retained records of a number, as JSON (LEK 9:21); recorded");
    auto const options = std::make_shared<DisclosureOptions>();
    command->add_option("--case", options->reference, "The authority's case number")
        ->required()
        ->type_name("NUMBER");
    command->add_option("--number", options->number, "Whose calls, e.g. +46701740605")->required();
    command->add_option("--from", options->from, "Calls that ended from then on")->required()->type_name("TIME");
    command->add_option("--to", options->to, "and before then")->required()->type_name("TIME");
    command->add_option("--by", options->by, "The administrator who answers for it")
        ->required()
        ->type_name("ADMIN");
    command->add_option("--second", options->second, "and another one")->required()->type_name("ADMIN");
    command->footer(
        "Refused where the service class keeps nothing: see service_class in the processing register.");
    command->callback(
        [&context, options] { context.action = [&context, options] { disclose(context, *options); }; });
    add_release_command(app, context);
}

}  // namespace samtal::ctl
