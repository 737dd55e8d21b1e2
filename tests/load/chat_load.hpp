#pragma once

#include "connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace samtal::load {

/// Two signed-in people and the conversation they share.
struct Pair {
    std::string token_a;
    std::string token_b;
    std::string conversation;
};

struct ChatLoad {
    Server server;
    std::vector<Pair> pairs;
    double seconds = 10;
    double rate = 0;      // messages a second over all pairs; 0: each sends as soon as its last one was acked
    unsigned window = 1;  // messages of one sender that may wait for their ack
    unsigned text_bytes = 200;
    bool one_sided = false;  // only the first of each pair writes
};

/// From send to the peer's socket.
struct Latencies {
    double p50_ms = 0;
    double p99_ms = 0;
    double p999_ms = 0;
    std::vector<double> p99_of_seconds_ms;  // of each second by itself
};

struct ChatResult {
    double acked_per_s = 0;
    double delivered_per_s = 0;
    Latencies all;
    std::vector<Latencies> sections;
    std::uint64_t errors = 0;
};

/// Connects every person, then sends from each side of each pair. SIGUSR1 begins a new section of the figures,
/// SIGTERM ends the load before its time.
[[nodiscard]] ChatResult run(ChatLoad const&);

}  // namespace samtal::load
