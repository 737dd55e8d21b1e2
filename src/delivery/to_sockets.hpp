#pragma once

#include "samtal/gateway/sockets.hpp"
#include "sequencer.hpp"

#include <algorithm>

namespace samtal::delivery {

/// Where a sequencer's events go to. `may_push` and `wake` are still to be said.
[[nodiscard]] inline Sequencer::Tools to_sockets(gateway::Sockets& sockets) {
    return {.push =
                [&sockets](Event const& e) {
                    sockets.push_event(e.organisation, *e.users, e.conversation, e.place, e.frame, e.except);
                    if (e.parting) sockets.forget(*e.users, e.conversation);
                },
            .here =
                [&sockets](std::vector<UserId> const& users) {
                    return std::ranges::any_of(users, [&](UserId user) { return sockets.connected(user); });
                },
            .may_push = {},
            .wake = {}};
}

}  // namespace samtal::delivery
