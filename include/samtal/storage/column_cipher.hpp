#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/storage/key_store.hpp"

#include <string>
#include <string_view>

namespace samtal::storage {

/// Where a sealed value stands. It opens nowhere else: moved to another row or column, it is refused.
struct Cell {
    std::string_view column;  // "table.column", as in the register
    boost::uuids::uuid row;   // the id the application made for the row
};

/// XChaCha20-Poly1305 under the subject's key, with the cell as associated data. May block on the key store: call
/// it in transaction bodies only.
class ColumnCipher {
public:
    static constexpr std::size_t overhead = 24 + 16;  // nonce and tag

    explicit ColumnCipher(KeySource& keys) : keys_{keys} {}
    /// `not_found` when the subject was erased.
    [[nodiscard]] Result<std::string> seal(UserId subject, Cell const&, std::string_view plain);
    [[nodiscard]] Result<std::string> open(UserId subject, Cell const&, std::string_view sealed);
    /// A hash that only the rows of this owner share, so that nothing joins two people's rows.
    [[nodiscard]] Result<std::string> owner_hash(UserId owner, std::string_view domain, std::string_view value);

private:
    KeySource& keys_;
};

}  // namespace samtal::storage
