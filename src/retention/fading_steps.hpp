#pragma once

#include "fading_repository.hpp"
#include "samtal/register/register.hpp"

namespace samtal::retention {

/// The steps that the register names, the last one first: so that no row takes two in one run.
[[nodiscard]] std::vector<FadingStep> fading_steps(processing::Register const&);

}  // namespace samtal::retention
