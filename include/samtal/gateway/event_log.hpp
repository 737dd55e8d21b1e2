#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace samtal::gateway {

/// How far a conversation is; 0 where nothing is said of messages or of changes. Of one that began: no more than
/// that.
struct Head {
    OrganisationId organisation;
    ConversationId conversation;
    Place place;
};

/// Committed events, read back for a server that was not told of them. Implemented by the room whose events they
/// are.
class EventLog {
public:
    using People = std::shared_ptr<std::vector<UserId> const>;

    /// Messages and changes of a conversation are numbered each by themselves. That it began is its change 0.
    enum class Kind : unsigned char { messages, changes };
    struct Event {
        std::int64_t number;
        People users;  // who may see it
        net::SharedText frame;
        bool parting = false;  // these people have nothing to do with the conversation from now on
    };
    /// `after`: what is known to have been pushed; with nothing, all from `since` on is missing.
    struct Gap {
        OrganisationId organisation;
        ConversationId conversation;
        Kind kind;
        std::optional<std::int64_t> after;
        std::int64_t until;  // inclusive
        Timestamp since;
    };
    /// In order. Some may be gone for good (expired, hidden, changed again): `until` says how far this answer
    /// reaches.
    struct Missed {
        std::vector<Event> events;
        std::int64_t until;
        std::int64_t seq = 0;  // of changes: none of them is about a later message
    };

    virtual ~EventLog() = default;
    /// The conversations with events of this time, those that began among them, and how far they were by its end.
    /// Costs what these events cost, whatever came before.
    virtual Task<Result<std::vector<Head>>> between(Timestamp from, Timestamp to) = 0;
    /// A page of it.
    virtual Task<Result<Missed>> missed(Gap const&) = 0;
};

}  // namespace samtal::gateway
