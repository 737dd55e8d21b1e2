#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::retention {

// One batch at a time in the whole deployment, and none while a hold is being placed: once that is answered,
// nothing of the person goes.
inline constexpr storage::Statement lock_deletion{R"sql(
-- retention.lock_deletion
SELECT pg_advisory_xact_lock(7236902)
)sql"};

}  // namespace samtal::retention
