#pragma once

#include "samtal/core/id.hpp"

#include <functional>

namespace samtal::calls {

/// Who is on a call now, as far as switches tell it while it happens. In memory of this server only: nothing of it
/// is stored, and an entry ends by itself when the switch never tells of the end. For presence: it is the person's
/// own choice whether anybody sees it, and that choice is tested by whoever shows it.
class CallStates {
public:
    virtual ~CallStates() = default;
    [[nodiscard]] virtual bool on_a_call(UserId) const = 0;
    /// `changed` is called whenever a person's answer changes, on any thread; it must not block. Set once, before
    /// the server listens.
    virtual void observe(std::function<void(UserId, bool on_a_call)> changed) = 0;
};

}  // namespace samtal::calls
