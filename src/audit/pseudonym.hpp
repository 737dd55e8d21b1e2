#pragma once

#include "samtal/storage/column_cipher.hpp"

namespace samtal::audit {

/// How a person stands in the audit trail; see AuditLeaf. `not_found` once they are erased.
[[nodiscard]] inline Result<std::string> pseudonym(storage::ColumnCipher& cipher, UserId user) {
    return cipher.owner_hash(user, "audit", user.text());
}

}  // namespace samtal::audit
