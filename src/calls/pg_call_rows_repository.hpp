#pragma once

#include "call_repositories.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

#include <string>
#include <vector>

namespace samtal::calls {

/// One person's row of a call, to be written.
struct CallRow {
    UserId owner;
    CallId id;
    bool exists;              // a correction: the row with that id is overwritten
    std::string source_hash;  // under the owner's key: see ColumnCipher::owner_hash
    Direction direction;
    Party const& own;
    std::optional<Party> const& other;
    SomeTimes const& times;
    Outcome outcome;
};

/// Seals and writes. `not_found` when an owner was erased meanwhile.
Result<void> write_rows(storage::Tx&, storage::ColumnCipher&, SetupPermit const&, std::vector<CallRow> const&);

struct OwnerHash {
    UserId owner;
    std::string source_hash;
};
struct FoundRow {
    std::size_t place;  // in what was asked for
    CallId id;
};
[[nodiscard]] std::vector<FoundRow> find_rows(storage::Tx&, OrganisationId, std::vector<OwnerHash> const&);

struct RowKey {
    UserId owner;
    CallId id;
};
void delete_rows(storage::Tx&, OrganisationId, std::vector<RowKey> const&);

}  // namespace samtal::calls
