#pragma once

#include <string>

namespace samtal::rights {

/// The receipt of an act of consent, as the person got it at that time, out of the act's exported row. It verifies
/// with `samtalctl consent verify-receipt`.
[[nodiscard]] std::string receipt_of(std::string const& row_json);

}  // namespace samtal::rights
