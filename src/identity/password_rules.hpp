#pragma once

#include "samtal/core/result.hpp"

#include <optional>
#include <string_view>

namespace samtal::identity {

/// Why this may not be anybody's password, as an error about `field`: shorter than 15 characters, longer than
/// 1,024 bytes, common, or made of the user name. There are no rules about kinds of characters (NIST SP 800-63B).
[[nodiscard]] std::optional<Error> refuse_password(std::string_view password, std::string_view folded_user_name,
                                                   Literal field);

}  // namespace samtal::identity
