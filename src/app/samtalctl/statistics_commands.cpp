#include "admin_client.hpp"
#include "commands.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/statistics/statistics.hpp"

#include <fmt/ranges.h>

#include <memory>

namespace samtal::ctl {

namespace {

void close_epoch(Context const& context) {
    constexpr std::chrono::seconds patience{120};  // the worker may have to be waited for
    auto const report = post(context, "/admin/statistics/close-epoch", nlohmann::json::object(), patience);
    answer(context, report, "the epoch is closed and its release stored by the worker");
}

struct Noise {
    std::string metric;
    std::int64_t count = 0;
    std::size_t draws = 1;
};

/// Nothing is asked of the server: the draws come from the same sampler and policies.
void draw_noise(Context const& context, Noise const& wanted) {
    std::string labels_file = "config/statistics.toml";
    auto file = ops::ConfigFile::load(context.server_config());
    file.section("statistics").read("labels_file", labels_file);
    auto const draws = statistics::draws(labels_file, wanted.metric, wanted.count, wanted.draws);
    say(context.json ? nlohmann::json{{"draws", draws}}.dump() : fmt::format("{}", fmt::join(draws, "\n")));
}

}  // namespace

void add_statistics_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("statistics", "Anonymous statistics")->require_subcommand(1);
    group
        ->add_subcommand("close-epoch",
                         "Close the open epoch and release its figures; exit 1 when the budget is spent")
        ->callback([&context] { context.action = [&context] { close_epoch(context); }; });

    auto* noise = group->add_subcommand(
        "noise", "Draw what a figure of that count would be published as, before the threshold");
    auto const wanted = std::make_shared<Noise>();
    constexpr std::size_t most_draws = 1'000'000;
    noise->add_option("--metric", wanted->metric, "A metric, e.g. active_users")->required();
    noise->add_option("--count", wanted->count, "The exact count")->required();
    noise->add_option("--draws", wanted->draws, "How many draws")
        ->check(CLI::Range(std::size_t{1}, most_draws))
        ->capture_default_str();
    noise->footer("Example:\n  samtalctl statistics noise --metric active_users --count 100 --draws 10 --json");
    noise->callback([&context, wanted] { context.action = [&context, wanted] { draw_noise(context, *wanted); }; });
}

}  // namespace samtal::ctl
