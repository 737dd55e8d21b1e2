#pragma once

#include "crowd.hpp"

#include <string>
#include <vector>

namespace samtal::load {

/// Connections that are upgraded and never authenticate.
struct Strangers {
    Server server;
    unsigned connections = 10'000;
    unsigned at_once = 64;
    bool again = false;  // whoever was cut comes back, until standard input ends
};

struct StrangersResult {
    unsigned told = 0;   // cut with 4003
    unsigned ended = 0;  // in all
};

/// Connects them, calls `report`, and returns when the server has cut all of them.
[[nodiscard]] StrangersResult stay_silent(Strangers const&, void (*report)(CrowdResult const&));

/// Members who read slowly or not at all, and come back whenever they are cut.
struct Sluggards {
    Server server;
    std::vector<std::string> tokens;  // a connection each
    std::string conversation;         // set: each asks for all of it first
    unsigned bytes_per_s = 0;         // that each reads; 0: nothing
};

/// Until standard input ends; how often the server cut one.
[[nodiscard]] unsigned read_slowly(Sluggards const&, void (*report)(CrowdResult const&));

}  // namespace samtal::load
