#pragma once

#include "samtal/storage/key_store.hpp"

#include <string>
#include <string_view>

namespace samtal::identity {

/// What a user name is found by, however it is spelled (see UserName). Unknown and impossible names have one too.
[[nodiscard]] std::string user_name_hash(storage::KeyRing const&, std::string_view user_name);

}  // namespace samtal::identity
