#pragma once

#include "samtal/core/time.hpp"
#include "samtal/storage/tx.hpp"

#include <string>

namespace samtal::consent {

/// Notes that the register of this digest holds from `at` on. When it is another than the last one that held, also
/// if no server ran when it was changed, that is an act of the operator: a leaf "register.renewed". For whoever
/// takes a register over, in that transaction.
void note_register_in_force(storage::Tx&, std::string const& digest, Timestamp at);

}  // namespace samtal::consent
