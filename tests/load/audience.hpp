#pragma once

#include "crowd.hpp"

#include <cstdint>
#include <string>

namespace samtal::load {

/// Sockets of members who listen to one conversation, and check that nothing is missing, doubled or out of order.
struct Audience {
    Crowd crowd;
    std::string conversation;
    std::int64_t until = 0;  // the seq of the last message that all wait for
};

struct AudienceResult {
    unsigned complete = 0;     // sockets that got everything up to `until`
    unsigned faulty = 0;       // that saw a gap, a repeat or another order
    unsigned cut = 0;          // that the server closed before
    unsigned unconnected = 0;  // that could not connect
};

/// Connects everybody, calls `report`, and returns when each socket has everything or is closed.
[[nodiscard]] AudienceResult listen(Audience const&, void (*report)(CrowdResult const&));

}  // namespace samtal::load
