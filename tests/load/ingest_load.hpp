#pragma once

#include "connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace samtal::load {

struct IngestLoad {
    Server server;
    std::string token;                 // of the switch
    std::vector<std::string> numbers;  // of people, all of one length; one is on one side of each call
    double seconds = 10;
    unsigned connections = 16;
    unsigned batch = 100;
};

struct IngestResult {
    std::uint64_t accepted = 0;
    double accepted_per_s = 0;
    double p50_ms = 0;  // of a batch, from its first byte to its answer
    double p99_ms = 0;
    double cpu_s = 0;     // of this process
    std::string failure;  // the first answer that was not as it should be
};

/// Brings new call records, on each connection a batch when the last is answered.
[[nodiscard]] IngestResult run(IngestLoad const&);

}  // namespace samtal::load
