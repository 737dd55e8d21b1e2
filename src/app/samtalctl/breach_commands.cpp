#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/core/id.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <vector>

namespace samtal::ctl {

namespace {

struct Report {
    std::string kind, since, until;
    std::string out = ".";
    std::vector<std::string> affected;
    bool drill = false;
};

void add_line(std::string& text, std::string const& line) {
    text += line;
    text += '\n';
}

/// For the operator alone, and never over something that is there.
void write_new(std::string const& path, std::string const& text) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool const written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!written) throw Failure{path + ": cannot be written"};
}

std::string everybody_of(Context const& context, std::string const& organisation) {
    std::string list;
    nlohmann::json ask{{"organisation_id", organisation}};
    for (;;) {
        auto const page = post(context, "/admin/breaches/affected", ask).at("user_ids");
        for (auto const& id : page) add_line(list, id.get<std::string>());
        if (page.empty()) return list;
        ask["after"] = page.back();
    }
}

/// "organisation ID" or "user ID…", as the server takes it.
nlohmann::json scope_of(std::vector<std::string> const& words) {
    std::vector<std::string> const ids{words.begin() + 1, words.end()};
    for (std::string const& id : ids)
        if (!parse_uuid(id)) throw Failure{"no such thing"};
    if (words.front() == "organisation" && ids.size() == 1) return {{"organisation_id", ids.front()}};
    if (words.front() == "user" && !ids.empty()) return {{"user_ids", ids}};
    throw Failure{"--affected must be organisation ID, or user ID…"};
}

void report(Context const& context, Report const& wanted) {
    auto body = scope_of(wanted.affected);
    body.update(
        {{"kind", wanted.kind}, {"since", wanted.since}, {"until", wanted.until}, {"drill", wanted.drill}});
    auto opened = post(context, "/admin/breaches", body, std::chrono::seconds{60});
    std::string const directory = wanted.out + "/breach-" + opened.value("case_id", "");
    std::filesystem::create_directories(wanted.out);
    if (::mkdir(directory.c_str(), S_IRWXU) != 0) throw Failure{directory + ": cannot be made"};
    std::string people;
    if (body.contains("organisation_id"))
        people = everybody_of(context, body["organisation_id"]);
    else
        for (auto const& id : body["user_ids"]) add_line(people, id.get<std::string>());
    write_new(directory + "/affected.txt", people);
    for (auto const& [file, text] : opened.at("drafts").items()) write_new(directory + "/" + file, text);
    opened.erase("drafts");
    opened["directory"] = directory;
    answer(context, opened,
           "case " + opened.value("case_id", "") + ": " + std::to_string(opened.value("affected", 0)) +
               " people affected, to be notified by " + opened.value("due_at", "") + "\ndrafts and list in " +
               directory);
}

std::string left_of(nlohmann::json const& one) {
    if (!one.at("closed_at").is_null()) return "closed " + one.value("closed_at", "");
    return std::to_string(one.value("hours_left", 0)) + " h left";
}

struct Closing {
    std::string id, reason;
};

void close(Context const& context, Closing const& closing) {
    if (!parse_uuid(closing.id)) throw Failure{"no such thing"};
    auto const closed = post(context, "/admin/breaches/" + closing.id + "/close", {{"reason", closing.reason}});
    answer(context, closed, "case " + closing.id + " is closed");
}

void add_close(CLI::App& group, Context& context) {
    auto* command = group.add_subcommand("close", "End a case, with what was done (GDPR Art. 33(5)); recorded");
    auto const closing = std::make_shared<Closing>();
    command->add_option("case", closing->id, "The case")->required()->type_name("CASE-ID");
    command->add_option("--reason", closing->reason, "What was done, or why nothing was to be done; no names")
        ->required();
    command->footer("Example:\n  samtalctl breach close ID --reason \"Notified on 2026-11-22; keys replaced\"");
    command->callback([&context, closing] { context.action = [&context, closing] { close(context, *closing); }; });
}

void list(Context const& context) {
    auto const cases = post(context, "/admin/breaches/list", nlohmann::json::object());
    std::string text;
    for (auto const& one : cases.at("items"))
        add_line(text, one.value("case_id", "") + "  " + left_of(one) + "  " + one.value("kind", "") + "  " +
                           std::to_string(one.value("affected", 0)) + " people" +
                           (one.value("drill", false) ? "  drill" : ""));
    if (text.empty()) text = "no breach was reported\n";
    text.pop_back();
    answer(context, cases, text);
}

}  // namespace

void add_breach_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("breach", "Personal data breaches (GDPR Art. 33, 34)")->require_subcommand(1);
    auto* command = group->add_subcommand(
        "report",
        "Open a case with its 72 hours, list who is affected and write the drafts for authority and people");
    auto const wanted = std::make_shared<Report>();
    command->add_option("--kind", wanted->kind, "What was lost")
        ->required()
        ->check(CLI::IsMember({"confidentiality", "integrity", "availability"}));
    command->add_option("--since", wanted->since, "When it began")->required()->type_name("TIME");
    command->add_option("--until", wanted->until, "When it ended")->required()->type_name("TIME");
    command->add_option("--affected", wanted->affected, "organisation ID, or user ID…")
        ->required()
        ->expected(2, 1001);
    command->add_option("--out", wanted->out, "Where the case's directory is made")
        ->type_name("DIR")
        ->capture_default_str();
    command->add_flag("--drill", wanted->drill, "An exercise: everything is marked as one");
    command->footer(
        "Example:\n  samtalctl breach report --kind confidentiality --since 2026-11-20 --until "
        "2026-11-21T08:00:00Z \\\n"
        "      --affected organisation ID --drill");
    command->callback([&context, wanted] { context.action = [&context, wanted] { report(context, *wanted); }; });
    add_close(*group, context);
    group->add_subcommand("list", "The cases and the hours left to notify")->callback([&context] {
        context.action = [&context] { list(context); };
    });
}

}  // namespace samtal::ctl
