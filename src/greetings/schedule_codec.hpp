#pragma once

#include "samtal/gateway/input.hpp"
#include "samtal/greetings/greetings.hpp"

#include <nlohmann/json_fwd.hpp>

namespace samtal::greetings {

/// As clients write it and as it is sealed:
/// {"time_zone":"Europe/Stockholm","weekly":[{"days":["mon"],"from":"17:00","to":"08:00"}],
///  "dates":[{"from":"2026-12-24","to":"2026-12-27"}]}
[[nodiscard]] Result<Schedule> decode_schedule(gateway::FieldReader in, gateway::Input const& object,
                                               std::string const& default_time_zone);
/// Of what encode_schedule wrote.
[[nodiscard]] Schedule decode_sealed_schedule(std::string_view text);
[[nodiscard]] std::string encode_schedule(Schedule const&);

}  // namespace samtal::greetings
