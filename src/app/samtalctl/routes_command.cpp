#include "admin_client.hpp"
#include "commands.hpp"

#include <fmt/format.h>

namespace samtal::ctl {

namespace {

void list_routes(Context const& context) {
    auto const listing = post(context, "/admin/routes", nlohmann::json::object());
    std::string lines;
    for (auto const& route : listing.at("routes"))
        lines += fmt::format("{:<7}{:<48} {:<9} {}\n", route.at("method").get<std::string>(),
                             route.at("path").get<std::string>(), route.at("entrance").get<std::string>(),
                             route.at("purpose").is_null() ? "-" : route.at("purpose").get<std::string>());
    for (auto const& frame : listing.at("frames"))
        lines += fmt::format("{:<7}{:<48} {:<9} {}\n", "frame", frame.at("type").get<std::string>(), "person",
                             frame.at("purpose").get<std::string>());
    lines.pop_back();  // say() ends the last one
    answer(context, listing, lines);
}

}  // namespace

void add_routes_command(CLI::App& app, Context& context) {
    auto* routes = app.add_subcommand(
        "routes", "What the running server can be asked for, by whom and for which purpose it processes");
    routes->callback([&context] { context.action = [&context] { list_routes(context); }; });
}

}  // namespace samtal::ctl
