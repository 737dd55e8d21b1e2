#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/storage/tx.hpp"

#include <string>
#include <string_view>

namespace samtal::storage {

/// What the audit trail keeps of one act: no personal data. People stand in it as keyed pseudonyms (32 bytes, see
/// ColumnCipher::owner_hash with the domain "audit"), which nobody can compute once their key is destroyed.
struct AuditLeaf {
    Literal act;  // "consent.withdrawn", "staff.read": room or duty, then what was done
    ActorKind actor;
    std::string actor_pseudonym;  // empty for a machine
    std::string subject;          // whom it is about; empty when nobody
    std::string_view purpose;     // a purpose's name out of the register
    std::string reference;        // the id of the request, event or case it belongs to; may be empty
    std::string code;             // the purpose code of a staff read, out of a closed list; else empty
    Timestamp at;
};

/// Appends the leaf in the act's own transaction: both are committed or none. The `audit` room numbers it later.
/// The acting purpose needs `insert.audit_leaves` in the register.
void append_audit_leaf(Tx&, AuditLeaf const&);

}  // namespace samtal::storage
