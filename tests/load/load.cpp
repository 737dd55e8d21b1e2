#include "audience.hpp"
#include "chat_load.hpp"
#include "crowd.hpp"
#include "guests.hpp"
#include "ingest_load.hpp"

#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
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

/// What the command line says; `run` is the load that it chose.
struct Asked {
    ChatLoad load;
    Crowd crowd;
    FanOut out;
    Audience audience;
    Strangers strangers;
    Sluggards sluggards;
    IngestLoad records;
    std::string url;
    std::string file;
    std::function<int()> run;
};

int say(nlohmann::json const& result) {
    std::cout << result << '\n';
    return 0;
}

/// A crowd needs more open files than a shell allows at first.
void use_all_files() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void add_measures(CLI::App& cli, Asked& a) {
    auto* const chat = cli.add_subcommand("chat", "Pairs of people write to each other over WebSocket");
    chat->add_option("--pairs", a.file, "A line for each pair: token_a token_b conversation_id")->required();
    chat->add_option("--seconds", a.load.seconds);
    chat->add_option("--rate", a.load.rate, "Messages a second in all; 0: as fast as acks come");
    chat->add_option("--window", a.load.window, "Messages of one sender that wait for acks");
    chat->add_option("--bytes", a.load.text_bytes, "Of each text");
    chat->add_flag("--one-sided", a.load.one_sided, "Only the first of each pair writes");
    chat->final_callback([&a] {
        a.run = [&a] {
            a.load.pairs = read_pairs(a.file);
            return print(run(a.load));
        };
    });
    auto* const idle = cli.add_subcommand("hold", "Connects, reports, and holds until standard input ends");
    idle->add_option("--tokens", a.file, "A token a line, taken in turn")->required();
    idle->add_option("--connections", a.crowd.connections);
    idle->add_option("--at-once", a.crowd.at_once);
    idle->final_callback([&a] {
        a.run = [&a] {
            a.crowd.tokens = read_lines(a.file);
            hold(a.crowd, print);
            return 0;
        };
    });
    auto* const fan = cli.add_subcommand("fanout", "One member of a conversation writes, all others read");
    fan->add_option("--tokens", a.file, "The members' tokens, a line each")->required();
    fan->add_option("--conversation", a.out.conversation)->required();
    fan->add_option("--seconds", a.out.seconds);
    fan->add_option("--window", a.out.window, "Messages that wait for acks");
    fan->final_callback([&a] {
        a.run = [&a] {
            a.out.tokens = read_lines(a.file);
            return say({{"delivered_per_s", run(a.out)}});
        };
    });
    auto* const ingest = cli.add_subcommand("ingest", "A switch brings call records");
    ingest->add_option("--switch", a.file, "The switch's token, then numbers of people, a line each")->required();
    ingest->add_option("--seconds", a.records.seconds);
    ingest->add_option("--connections", a.records.connections);
    ingest->add_option("--batch", a.records.batch, "Records of one request");
    ingest->final_callback([&a] {
        a.run = [&a] {
            auto lines = read_lines(a.file);
            if (lines.size() < 2) throw std::runtime_error{a.file + ": holds no numbers"};
            a.records.token = lines.front();
            a.records.numbers.assign(lines.begin() + 1, lines.end());
            return print(run(a.records));
        };
    });
}

void add_guests(CLI::App& cli, Asked& a) {
    auto* const listeners =
        cli.add_subcommand("listen", "Members listen until they have a message, and check the order");
    listeners->add_option("--tokens", a.file, "A token a line, taken in turn")->required();
    listeners->add_option("--connections", a.audience.crowd.connections);
    listeners->add_option("--conversation", a.audience.conversation)->required();
    listeners->add_option("--until", a.audience.until, "The seq of the last message")->required();
    listeners->final_callback([&a] {
        a.run = [&a] {
            a.audience.crowd.tokens = read_lines(a.file);
            auto const r = listen(a.audience, print);
            return say(
                {{"complete", r.complete}, {"faulty", r.faulty}, {"cut", r.cut}, {"unconnected", r.unconnected}});
        };
    });
    auto* const silent = cli.add_subcommand("silent", "Connections that never authenticate");
    silent->add_option("--connections", a.strangers.connections);
    silent->add_option("--at-once", a.strangers.at_once);
    silent->add_flag("--again", a.strangers.again, "Whoever was cut comes back, until standard input ends");
    silent->final_callback([&a] {
        a.run = [&a] {
            auto const r = stay_silent(a.strangers, print);
            return say({{"told", r.told}, {"ended", r.ended}});
        };
    });
    auto* const slow =
        cli.add_subcommand("sluggish", "Members who read slowly, and come back whenever they are cut");
    slow->add_option("--tokens", a.file, "A token a line: a connection each")->required();
    slow->add_option("--conversation", a.sluggards.conversation, "Each asks for all of it first");
    slow->add_option("--bytes-per-s", a.sluggards.bytes_per_s, "0: reads nothing");
    slow->final_callback([&a] {
        a.run = [&a] {
            a.sluggards.tokens = read_lines(a.file);
            return say({{"cuts", read_slowly(a.sluggards, print)}});
        };
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"Load on a running Samtal server, from loopback."};
    Asked asked;
    add_measures(cli, asked);
    add_guests(cli, asked);
    for (auto* const each : cli.get_subcommands({})) each->add_option("--url", asked.url)->required();
    cli.require_subcommand(1);
    CLI11_PARSE(cli, argc, argv);
    use_all_files();
    try {
        auto const server = read_url(asked.url);
        asked.load.server = asked.crowd.server = asked.out.server = server;
        asked.audience.crowd.server = asked.strangers.server = asked.sluggards.server = asked.records.server =
            server;
        return asked.run();
    } catch (std::exception const& e) {
        std::cerr << "samtal-load: " << e.what() << '\n';
        return 1;
    }
}
