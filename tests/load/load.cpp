#include "chat_load.hpp"
#include "crowd.hpp"
#include "ingest_load.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

using namespace samtal::load;

/// A line for each pair: "token_a token_b conversation_id".
std::vector<Pair> read_pairs(std::string const& file) {
    std::ifstream in{file};
    std::vector<Pair> pairs;
    for (Pair pair; in >> pair.token_a >> pair.token_b >> pair.conversation;) pairs.push_back(pair);
    if (pairs.empty()) throw std::runtime_error{file + ": holds no pairs"};
    return pairs;
}

std::vector<std::string> read_lines(std::string const& file) {
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; in >> line;) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error{file + ": holds nothing"};
    return lines;
}

Server read_url(std::string const& url) {
    bool const tls = url.starts_with("https://");
    std::size_t const begin = tls ? 8 : 7;
    auto const colon = url.rfind(':');
    if (!(tls || url.starts_with("http://")) || colon <= begin)
        throw std::runtime_error{"--url is http://ADDRESS:PORT or https://ADDRESS:PORT"};
    return {url.substr(begin, colon - begin), static_cast<unsigned short>(std::stoul(url.substr(colon + 1))), tls};
}

void print(CrowdResult const& r) {
    std::cout << nlohmann::json{{"connected", r.connected}, {"seconds", r.seconds}}
              << std::endl;  // flushed: read now
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

int print(ChatResult const& r) {
    std::cout << as_json(r) << '\n';
    return r.errors == 0 ? 0 : 1;
}

int print(IngestResult const& r) {
    std::cout << nlohmann::json{{"accepted", r.accepted}, {"accepted_per_s", r.accepted_per_s},
                                {"p50_ms", r.p50_ms},     {"p99_ms", r.p99_ms},
                                {"cpu_s", r.cpu_s},       {"failure", r.failure}}
              << '\n';
    return r.failure.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"Load on a running Samtal server, from loopback."};
    ChatLoad load;
    Crowd crowd;
    FanOut out;
    IngestLoad records;
    std::string url;
    std::string file;
    auto* const chat = cli.add_subcommand("chat", "Pairs of people write to each other over WebSocket");
    chat->add_option("--pairs", file, "A line for each pair: token_a token_b conversation_id")->required();
    chat->add_option("--seconds", load.seconds);
    chat->add_option("--rate", load.rate, "Messages a second in all; 0: as fast as acks come");
    chat->add_option("--window", load.window, "Messages of one sender that wait for acks");
    auto* const idle = cli.add_subcommand("hold", "Connects, reports, and holds until standard input ends");
    idle->add_option("--tokens", file, "A token a line, taken in turn")->required();
    idle->add_option("--connections", crowd.connections);
    idle->add_option("--at-once", crowd.at_once);
    auto* const fan = cli.add_subcommand("fanout", "One member of a conversation writes, all others read");
    fan->add_option("--tokens", file, "The members' tokens, a line each")->required();
    fan->add_option("--conversation", out.conversation)->required();
    fan->add_option("--seconds", out.seconds);
    fan->add_option("--window", out.window, "Messages that wait for acks");
    auto* const ingest = cli.add_subcommand("ingest", "A switch brings call records");
    ingest->add_option("--switch", file, "The switch's token, then numbers of people, a line each")->required();
    ingest->add_option("--seconds", records.seconds);
    ingest->add_option("--connections", records.connections);
    ingest->add_option("--batch", records.batch, "Records of one request");
    for (auto* const each : {chat, idle, fan, ingest}) each->add_option("--url", url)->required();
    cli.require_subcommand(1);
    CLI11_PARSE(cli, argc, argv);
    try {
        load.server = crowd.server = out.server = records.server = read_url(url);
        if (*chat) {
            load.pairs = read_pairs(file);
            return print(run(load));
        }
        crowd.tokens = out.tokens = read_lines(file);
        if (*ingest) {
            if (crowd.tokens.size() < 2) throw std::runtime_error{file + ": holds no numbers"};
            records.token = crowd.tokens.front();
            records.numbers.assign(crowd.tokens.begin() + 1, crowd.tokens.end());
            return print(run(records));
        }
        if (*idle)
            hold(crowd, print);
        else
            std::cout << nlohmann::json{{"delivered_per_s", run(out)}} << '\n';
        return 0;
    } catch (std::exception const& e) {
        std::cerr << "samtal-load: " << e.what() << '\n';
        return 1;
    }
}
