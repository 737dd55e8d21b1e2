#include "chat_load.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace {

/// A line for each pair: "token_a token_b conversation_id".
std::vector<samtal::load::Pair> read_pairs(std::string const& file) {
    std::ifstream in{file};
    std::vector<samtal::load::Pair> pairs;
    for (samtal::load::Pair pair; in >> pair.token_a >> pair.token_b >> pair.conversation;) pairs.push_back(pair);
    if (pairs.empty()) throw std::runtime_error{file + ": holds no pairs"};
    return pairs;
}

void read_url(std::string const& url, samtal::load::ChatLoad& load) {
    std::string const scheme = "http://";
    auto const colon = url.rfind(':');
    if (!url.starts_with(scheme) || colon <= scheme.size())
        throw std::runtime_error{"--url is http://ADDRESS:PORT"};
    load.host = url.substr(scheme.size(), colon - scheme.size());
    load.port = static_cast<unsigned short>(std::stoul(url.substr(colon + 1)));
}

nlohmann::json as_json(samtal::load::Latencies const& l) {
    return {{"p50_ms", l.p50_ms},
            {"p99_ms", l.p99_ms},
            {"p999_ms", l.p999_ms},
            {"p99_of_seconds_ms", l.p99_of_seconds_ms}};
}

nlohmann::json as_json(samtal::load::ChatResult const& result) {
    auto json = as_json(result.all);
    json["acked_per_s"] = result.acked_per_s;
    json["delivered_per_s"] = result.delivered_per_s;
    json["errors"] = result.errors;
    for (auto const& section : result.sections) json["sections"].push_back(as_json(section));
    return json;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"Load on a running Samtal server, from loopback."};
    samtal::load::ChatLoad load;
    std::string url;
    std::string pairs;
    auto* const chat = cli.add_subcommand("chat", "Pairs of people write to each other over WebSocket");
    chat->add_option("--url", url)->required();
    chat->add_option("--pairs", pairs, "A line for each pair: token_a token_b conversation_id")->required();
    chat->add_option("--seconds", load.seconds);
    chat->add_option("--rate", load.rate, "Messages a second in all; 0: as fast as acks come");
    chat->add_option("--window", load.window, "Messages of one sender that wait for acks");
    cli.require_subcommand(1);
    CLI11_PARSE(cli, argc, argv);
    try {
        read_url(url, load);
        load.pairs = read_pairs(pairs);
        auto const r = samtal::load::run(load);
        std::cout << as_json(r) << '\n';
        return r.errors == 0 ? 0 : 1;
    } catch (std::exception const& e) {
        std::cerr << "samtal-load: " << e.what() << '\n';
        return 1;
    }
}
