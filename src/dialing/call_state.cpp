#include "call_state.hpp"

#include <algorithm>
#include <array>

namespace samtal::dialing {

namespace {

constexpr std::array<std::string_view, 6> states{"requested", "accepted", "ringing",
                                                 "connected", "ended",    "failed"};
constexpr std::array<std::string_view, 7> reasons{"unreachable", "refused",   "timeout", "busy",
                                                  "no_answer",   "cancelled", "failed"};

template <class T>
std::optional<T> named(auto const& names, std::string_view name) {
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<T>(found - names.begin());
}

}  // namespace

std::string_view name_of(CallState state) noexcept {
    return states[static_cast<std::size_t>(state)];
}
std::string_view name_of(FailReason reason) noexcept {
    return reasons[static_cast<std::size_t>(reason)];
}
std::optional<CallState> call_state_named(std::string_view name) noexcept {
    return named<CallState>(states, name);
}
std::optional<FailReason> fail_reason_named(std::string_view name) noexcept {
    return named<FailReason>(reasons, name);
}

}  // namespace samtal::dialing
