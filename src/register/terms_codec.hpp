#pragma once

#include "samtal/register/register.hpp"

namespace samtal::processing {

/// 32 bytes over what a person agrees to: basis, choice, fields, retention, and who receives it, where, under
/// what. A corrected spelling or a technical column voids nothing.
[[nodiscard]] std::string terms_hash(Register const&, PurposeEntry const&);

/// Of the notice: over the controller and all purposes' terms.
[[nodiscard]] std::string notice_version(Register const&);

}  // namespace samtal::processing
