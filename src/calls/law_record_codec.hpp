#pragma once

#include "call_repositories.hpp"

namespace samtal::calls {

/// One call as an authority may demand it, as JSON: numbers as dialled, times, outcome, and which switch reported
/// it.
[[nodiscard]] std::string encode_law_record(SetupPermit const&, SwitchId, Call const&);

}  // namespace samtal::calls
