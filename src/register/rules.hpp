#pragma once

#include "document.hpp"

namespace samtal::processing {

/// What may not stand together among texts, recipients and periods. The same rules, in the same words, are in
/// tools/register/rules.py; tests/support/broken_registers.py holds them together.
void check_rules(Register const&, Document const&, Problems&);

}  // namespace samtal::processing
