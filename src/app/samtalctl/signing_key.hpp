#pragma once

#include "context.hpp"

#include <string>

namespace samtal::ctl {

/// The public key that belongs to the key files of the operator's configuration: 32 bytes.
[[nodiscard]] std::string signing_public_key(Context const&);

}  // namespace samtal::ctl
