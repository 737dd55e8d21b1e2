#pragma once

#include "requests.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

#include <optional>
#include <string>

// What the repositories of this room share: how a row of privacy_requests is read, and how an act is recorded.
namespace samtal::rights {

/// The reason is opened where the person has a key.
[[nodiscard]] Request request_of(storage::ColumnCipher&, pqxx::row const&);

/// The person's pseudonym in the audit trail: a hash under their own key. `not_found` once they are erased.
[[nodiscard]] Result<std::string> pseudonym(storage::ColumnCipher&, UserId);

/// A leaf about a request. `subject` is a pseudonym.
void record(storage::Tx&, RightsPermit const&, Literal act, std::string const& subject, RequestId, Timestamp);

[[nodiscard]] inline storage::Cell reason_cell(RequestId id) {
    return {field::PrivacyRequestsReason::column, id.value()};
}

}  // namespace samtal::rights
