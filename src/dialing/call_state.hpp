#pragma once

#include "samtal/dialing/dialing.hpp"

namespace samtal::dialing {

/// Reports come late, repeated and out of order: only what leads on counts.
[[nodiscard]] constexpr bool leads_on(CallState from, CallState to) {
    return from < CallState::ended && to > from;
}
[[nodiscard]] constexpr bool is_last(CallState state) {
    return state >= CallState::ended;
}

}  // namespace samtal::dialing
