#pragma once

#include "samtal/greetings/greetings.hpp"

#include <span>

namespace samtal::greetings {

[[nodiscard]] bool is_time_zone(std::string const& name);

/// Whether it applies at that moment. No schedule applies always.
[[nodiscard]] bool applies(std::optional<Schedule> const&, Timestamp now);

/// Which kind is played when the person could not answer for that reason: absence speaks for the others while it
/// applies. Nothing, when none of `applying` fits.
[[nodiscard]] std::optional<Kind> played(std::optional<Kind> reason, std::span<Kind const> applying);

}  // namespace samtal::greetings
