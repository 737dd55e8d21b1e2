#pragma once

#include "samtal/gateway/router.hpp"

#include <cstddef>

namespace samtal::start {

/// What a client has to know before it sends.
struct Limits {
    std::size_t message_bytes;  // of one message's text
    std::size_t frame_bytes;    // of one WebSocket frame
    std::size_t members;        // of one conversation
    std::size_t watched;        // people that one socket may watch
};

/// GET /v1/start: what a client shows first, in one answer. Each part is asked for by its own route, under its own
/// purpose and permit, and looks as there; a part that is refused to the person (call history without consent,
/// most of it to a restricted account) is null.
void add_routes(gateway::Router&, Limits);

}  // namespace samtal::start
