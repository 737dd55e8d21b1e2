#pragma once

#include "samtal/gateway/ask.hpp"
#include "samtal/presence/presence.hpp"

namespace samtal::presence {

struct SetState {
    UserId user;
    State state;
};
struct Watch {
    std::vector<UserId> users;
    std::shared_ptr<net::Socket> from;
    UserId eyes;
};

[[nodiscard]] Result<SetState> decode_set(gateway::FrameAsk&);
[[nodiscard]] Result<Watch> decode_watch(gateway::FrameAsk&);
/// A `presence` event.
[[nodiscard]] std::string encode(UserId, Look);

}  // namespace samtal::presence
