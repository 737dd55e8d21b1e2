#pragma once

#include "samtal/consent/consent.hpp"

namespace samtal::consent {

/// Whether it is time to ask (again): never in the six months after a refusal.
[[nodiscard]] bool may_ask(Standing const&, Timestamp now);

/// Why this choice cannot be recorded. `purpose` is null when there is no such one.
[[nodiscard]] std::optional<Error> refuse(Choose const&, PurposeText const* purpose,
                                          std::string_view notice_version);

/// One standing for each purpose that asks for consent, in the register's order, out of those that are known.
[[nodiscard]] std::vector<Standing> complete(std::vector<Standing> known, Notices const&, bool privacy_control,
                                             Timestamp now);

}  // namespace samtal::consent
