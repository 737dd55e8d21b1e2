#pragma once

#include "archive_plan.hpp"
#include "archive_row.hpp"

#include <string>

namespace samtal::rights {

/// The pieces of index.html, in their order: head, then for each table its opening, its rows and its end, then the
/// foot. Stands on its own: no script, no other resource; everything from elsewhere is escaped.
[[nodiscard]] std::string html_head(ArchivePlan const&, View, Timestamp made);
[[nodiscard]] std::string html_table(ArchiveTable const&);
[[nodiscard]] std::string html_row(ArchiveRow const&);
[[nodiscard]] std::string html_table_end(ArchivePlan const&, ArchiveTable const&, std::uint64_t rows);
[[nodiscard]] std::string html_foot(ArchivePlan const&);

}  // namespace samtal::rights
