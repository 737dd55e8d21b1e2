#pragma once

#include "archive_plan.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::rights {

/// A row as it is exported: as a line of JSON, and as cells for CSV and HTML in the order of its table's columns.
struct ArchiveRow {
    std::string json;
    std::vector<std::optional<std::string>> cells;
    std::vector<std::pair<std::string, std::string>> files{};  // path and content of what is a file of its own
};

/// Opens what stands sealed in "table.column"; nothing when its owner was erased.
using OpenCell =
    std::function<Result<std::optional<std::string>>(std::string const& column, std::string const& sealed)>;

/// From what the database gives: an object whose sealed columns are hex.
[[nodiscard]] Result<ArchiveRow> decode_row(std::string_view content, ArchiveTable const&, OpenCell const&);

/// Of a row with a document and its signature: the receipt that the person was given, which verifies with
/// `samtalctl consent verify-receipt`. Of another row: itself.
[[nodiscard]] std::string receipt_of(ArchiveRow const&);

/// One column of the row, as JSON.
[[nodiscard]] std::string part_of(ArchiveRow const&, std::string_view column);

}  // namespace samtal::rights
