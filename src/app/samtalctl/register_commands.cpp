#include "commands.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/register/record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace samtal::ctl {

namespace {

struct Wanted {
    std::string file, format, language = "sv";
};

/// --file, or the one that the server was configured with.
std::string register_file(Context const& context, Wanted const& wanted) {
    if (!wanted.file.empty()) return wanted.file;
    std::string path = "/usr/share/samtal/config/processing.toml";
    std::string const config = context.server_config();
    if (!context.config.empty() || std::filesystem::exists(config)) {
        auto file = ops::ConfigFile::load(config);
        file.section("register").read("file", path);
    }
    return path;
}

void say_as_json(std::string const& path, std::vector<processing::Problem> const& problems) {
    nlohmann::json list = nlohmann::json::array();
    for (auto const& p : problems) list.push_back({{"line", p.line}, {"key", p.key}, {"reason", p.reason}});
    say(nlohmann::json{{"file", path}, {"problems", std::move(list)}}.dump());
}

void check(Context const& context, Wanted const& wanted) {
    std::string const path = register_file(context, wanted);
    auto problems = processing::contradictions(path);
    std::ranges::copy(processing::expired_agreements(path, system_now()), std::back_inserter(problems));
    if (context.json)
        say_as_json(path, problems);
    else
        for (auto const& p : problems) say(fmt::format("{}:{}: {}: {}", path, p.line, p.key, p.reason));
    if (!problems.empty())
        throw Failure{
            fmt::format("{} contradiction{} in the register", problems.size(), problems.size() == 1 ? "" : "s")};
    if (!context.json) say("the register holds together, and is the one that this program was built for");
}

void write_record(Context const& context, Wanted const& wanted) {
    std::string const format = !wanted.format.empty() ? wanted.format : context.json ? "json" : "md";
    auto const kind = format == "json"  ? processing::RecordFormat::json
                      : format == "csv" ? processing::RecordFormat::csv
                                        : processing::RecordFormat::markdown;
    auto const text = processing::record(processing::load(register_file(context, wanted)), kind, wanted.language);
    std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

void add_register_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("register", "The processing register (GDPR Art. 30)")->require_subcommand(1);
    auto const wanted = std::make_shared<Wanted>();
    auto const of_file = [&](CLI::App* command) {
        command->add_option("--file", wanted->file, "The register; the configured one if not given")
            ->type_name("FILE");
        return command;
    };
    auto* checked =
        of_file(group->add_subcommand("check", "Name every contradiction, one on a line; exit 1 if there is one"));
    checked->footer("Example:\n  samtalctl register check --file processing.toml");
    checked->callback([&context, wanted] { context.action = [&context, wanted] { check(context, *wanted); }; });
    auto* record = of_file(group->add_subcommand("record", "Write the record of processing activities"));
    record->add_option("--format", wanted->format, "md, csv or json; md if not given")
        ->check(CLI::IsMember({"md", "csv", "json"}));
    record->add_option("--language", wanted->language, "Of md and csv; json holds both")
        ->check(CLI::IsMember({"sv", "en"}))
        ->capture_default_str();
    record->footer("Example:\n  samtalctl register record --format csv --language en > record.csv");
    record->callback(
        [&context, wanted] { context.action = [&context, wanted] { write_record(context, *wanted); }; });
}

}  // namespace samtal::ctl
