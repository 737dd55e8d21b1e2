#pragma once

#include "call_group.hpp"
#include "samtal/storage/tx.hpp"

#include <span>
#include <vector>

namespace samtal::calls {

/// Who had the numbers when the call began, callers before callees, of the items that write. Who called themselves
/// has one row, the caller's.
[[nodiscard]] std::vector<Side> matched_sides(storage::Tx&, PhoneNumbers const&, std::span<Incoming> items);

/// Leaves the sides of people who consent to a history now. Until the transaction ends, nobody of them withdraws.
void keep_consenting(storage::Tx&, std::vector<Side>&);

}  // namespace samtal::calls
