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

// Both are given each source once, and put the receipts into the order of their keys. Until the transaction ends,
// no other batch gets past these calls, so what follows is written by one at a time.

/// For receipts that are most likely all new. False: one was there, and nothing was done.
[[nodiscard]] bool insert_new(storage::Tx&, std::vector<Receipt*>& receipts);

/// Leaves `content` as the receipts' content and fills in `earlier`.
void exchange(storage::Tx&, std::vector<Receipt*>& receipts);

}  // namespace samtal::calls
