#pragma once

#include "connection.hpp"

#include <string>
#include <vector>

namespace samtal::load {

struct Crowd {
    Server server;
    std::vector<std::string> tokens;  // taken in turn
    unsigned connections = 1'000;
    unsigned at_once = 64;  // connections being made at the same time
};

struct CrowdResult {
    unsigned connected = 0;
    double seconds = 0;  // until all were connected and authenticated
};

/// Stops the loop when standard input ends.
Task<void> until_input_ends(asio::io_context&);

/// Connects everybody, calls `report`, and holds the connections until standard input ends.
void hold(Crowd const&, void (*report)(CrowdResult const&));

struct FanOut {
    Server server;
    std::vector<std::string> tokens;  // the members'; the first one writes
    std::string conversation;
    double seconds = 10;
    unsigned window = 4;  // messages that wait for their acks
};

/// Deliveries a second to all members together.
[[nodiscard]] double run(FanOut const&);

}  // namespace samtal::load
