#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/principal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

#include <string>
#include <vector>

namespace samtal::audit {

/// Data about a person that goes to somebody else.
struct Disclosure {
    OrganisationId organisation;
    UserId user;
    std::string recipient;                // a recipient of the register, or an authority's name
    std::string purpose;                  // a purpose's name out of the register
    std::vector<std::string> categories;  // what: categories of the register
    std::string reason;                   // why, in words that the person will read
    std::string country;                  // where: ISO 3166-1, two capital letters
    Timestamp at;
};

/// How other rooms record what they hand out; the person reads it at GET /v1/privacy/disclosures. Any thread.
class Disclosures {
public:
    explicit Disclosures(storage::ColumnCipher& cipher) : cipher_{cipher} {}

    /// The row and its leaf (act "disclosure"), in the transaction of the handing out: without them nothing goes.
    /// The acting purpose needs `insert.disclosures` and `insert.audit_leaves` in the register. `not_found` when
    /// the person was erased; throws IntegrityViolation for a person or country that does not exist.
    Result<void> record(storage::Tx&, ActorKind, Disclosure const&);

private:
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::audit
