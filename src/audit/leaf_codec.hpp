#pragma once

#include "log.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace samtal::audit {

/// The bytes that are hashed: one line of JSON as RFC 8785 writes it (sorted keys, no spaces), bytes in hex, the
/// time in microseconds since 1970, so that anyone can hash them anew.
[[nodiscard]] std::string canonical(LoggedLeaf const&);

/// A line of an export that is a checkpoint; leaves' lines are their canonical bytes.
[[nodiscard]] std::string export_line(StoredCheckpoint const&);

/// A line of an export that says which leaves went, and one of such a leaf.
[[nodiscard]] std::string export_line(StoredPruning const&);
struct PrunedLine {
    std::string hash;
};
[[nodiscard]] std::string export_line(PrunedLine const&);

/// What a line of an export is. A leaf is not looked into: what is not canonical has another hash.
using ExportedLine = std::variant<std::string, StoredCheckpoint, StoredPruning, PrunedLine>;
/// Nothing for what no export would write.
[[nodiscard]] std::optional<ExportedLine> parse_line(std::string line);

/// The signed note out of what `samtalctl audit checkpoint` printed, with --json or without.
[[nodiscard]] std::string note_in(std::string_view printed);

}  // namespace samtal::audit
