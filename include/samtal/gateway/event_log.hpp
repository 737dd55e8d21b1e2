#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace samtal::gateway {

/// Where a conversation stands.
struct Head {
    OrganisationId organisation;
    ConversationId conversation;
    std::int64_t seq;
};

/// Committed events, read back for a server that was not told of them. Implemented by the room whose events they
/// are.
class EventLog {
public:
    struct Event {
        std::int64_t seq;
        net::SharedText frame;
    };
    /// `after`: what is known to have been pushed; with nothing, all from `since` on is missing.
    struct Gap {
        OrganisationId organisation;
        ConversationId conversation;
        std::optional<std::int64_t> after;
        std::int64_t until;  // inclusive
        Timestamp since;
    };
    /// In order. Some may be gone for good (expired, hidden): `until` says how far this answer reaches.
    struct Missed {
        std::vector<UserId> members;
        std::vector<Event> events;
        std::int64_t until;
    };

    virtual ~EventLog() = default;
    /// The conversations with events of this time, and how far they were by its end. Costs what these events cost,
    /// whatever came before.
    virtual Task<Result<std::vector<Head>>> between(Timestamp from, Timestamp to) = 0;
    /// A page of it.
    virtual Task<Result<Missed>> missed(Gap const&) = 0;
};

}  // namespace samtal::gateway
