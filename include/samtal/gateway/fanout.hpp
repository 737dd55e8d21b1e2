#pragma once

#include "samtal/core/id.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <span>

namespace samtal::gateway {

/// Which step of a conversation an event is. A message is the next `seq`, and its `change` is 0. An edit, delete
/// or change of membership is the next `change`, and its `seq` says how far the messages were when it was made.
/// That a conversation began has neither.
struct Place {
    std::int64_t seq = 0;
    std::int64_t change = 0;

    [[nodiscard]] bool of_message() const noexcept { return change == 0 && seq > 0; }
    /// As an event, of who has everything up to there.
    [[nodiscard]] bool beyond(Place reached) const noexcept {
        return change > 0 ? change > reached.change : seq > reached.seq;
    }
};

/// Tells people something, wherever they are connected: at this server, or at another of the deployment. Never
/// waits: whoever cannot be reached now catches up. Any thread; frames of one conversation from one thread arrive
/// in the order of the calls.
class Fanout {
public:
    virtual ~Fanout() = default;

    /// Pushes one encoded frame to every socket of these people, but not to `except`. For what nobody misses: it
    /// may be lost with a server or a link.
    virtual void push(std::span<UserId const> users, net::SharedText const& frame,
                      net::Socket const* except = nullptr) = 0;

    /// The same for a committed event with a place in a conversation: each of these people's sockets gets all of
    /// them in order, now or later. A socket that is catching up gets it afterwards.
    virtual void push_event(OrganisationId, std::span<UserId const> users, ConversationId, Place,
                            net::SharedText const& frame, net::Socket const* except = nullptr) = 0;
};

}  // namespace samtal::gateway
