#pragma once

#include "samtal/register/register.hpp"

namespace samtal::processing {

/// Puts the periods into `kept` in words, so that the notice cannot name another one than the retention.
void say_periods(PurposeEntry&);

}  // namespace samtal::processing
