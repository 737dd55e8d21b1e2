#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/time.hpp"

#include <functional>
#include <string>
#include <vector>

namespace samtal::calls {

/// A call under way, or one that has just ended, as servers tell each other of it.
struct LiveCall {
    std::string name;             // a keyed hash of the switch's name for it, 16 bytes
    OrganisationId organisation;  // nil when it ended
    std::vector<UserId> people;   // none: it ended
    Timestamp until;              // when it is forgotten, whatever is told
};

/// Who is on a call now, as far as switches tell it while it happens. In memory only: nothing of it is stored, and
/// an entry ends by itself when the switch never tells of the end. For presence: it is the person's own choice
/// whether anybody sees it, and that choice is tested by whoever shows it. Any thread.
class CallStates {
public:
    /// Both are called in the order of what happened, and must neither block nor call back.
    using Changed = std::function<void(OrganisationId, UserId, bool on_a_call)>;
    using Tell = std::function<void(LiveCall const&)>;

    virtual ~CallStates() = default;
    [[nodiscard]] virtual bool on_a_call(UserId) const = 0;
    /// `changed` is called whenever a person's answer changes. Set once, before the server listens.
    virtual void observe(Changed changed) = 0;

    /// For several servers: all of them know of all calls, because a call may end at another one than it began at.
    /// `tell` gets what a switch told here; the others' words come in by heard(). Set once, before the server
    /// listens.
    virtual void use(Tell tell) = 0;
    virtual void heard(LiveCall const&) = 0;
    /// Tells everything once more, for a server that missed something.
    virtual void report() = 0;

    /// Ends what is past its time. Now and then, so that watchers hear of it although nothing happens.
    virtual void sweep() = 0;
    /// An erased person is in no call any more; the others in it stay.
    virtual void forget(UserId) = 0;
};

}  // namespace samtal::calls
