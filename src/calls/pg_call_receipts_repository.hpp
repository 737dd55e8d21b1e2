#pragma once

#include "samtal/core/id.hpp"
#include "samtal/storage/tx.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::calls {

/// What is remembered of a report: that it came, and hashes by which a repeat is told from a correction.
struct Receipt {
    OrganisationId organisation;
    SwitchId switch_id;
    std::string source;                  // keyed hash of the name of the call, or of its part
    std::string content;                 // keyed hash of what this batch leaves as the call's content
    std::optional<std::string> earlier;  // out: the content hash from before this batch; nothing when it is new
};

/// Leaves `content` as the receipts' content and fills in `earlier`. Each source stands there once. Until the
/// transaction ends, no other batch gets past these calls, so what follows is written by one at a time.
void exchange_receipts(storage::Tx&, std::vector<Receipt*> const&);

}  // namespace samtal::calls
