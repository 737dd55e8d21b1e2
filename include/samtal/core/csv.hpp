#pragma once

#include <optional>
#include <span>
#include <string>

namespace samtal {

/// A record of RFC 4180 with its line end. A cell that a spreadsheet would take for a formula gets an apostrophe
/// in front.
[[nodiscard]] std::string csv_line(std::span<std::optional<std::string> const> cells);

}  // namespace samtal
