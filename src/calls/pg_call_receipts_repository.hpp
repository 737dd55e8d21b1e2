#pragma once

#include "samtal/core/id.hpp"
#include "samtal/storage/tx.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::calls {

/// What is remembered of a report: that it came, and hashes by which a repeat is told from a correction.
struct Receipt {
    std::string source;                  // keyed hash of the switch's name for the call
    std::string content;                 // keyed hash of what this batch leaves as the call's content
    std::optional<std::string> earlier;  // out: the content hash from before this batch; nothing when it is new
};

/// Leaves `content` as the receipts' content and fills in `earlier`. Until the transaction ends, no other batch
/// gets past these calls, so what follows is written by one at a time.
void exchange_receipts(storage::Tx&, OrganisationId, SwitchId, std::vector<Receipt*> const&);

}  // namespace samtal::calls
