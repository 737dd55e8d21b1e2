#pragma once

#include "archive_plan.hpp"
#include "archive_zip.hpp"

#include <string>
#include <vector>

namespace samtal::rights {

/// manifest.json: what the archive is, each of its files with hash and rows, and what is withheld and why. Says
/// nothing of itself.
[[nodiscard]] std::string encode_manifest(ArchivePlan const&, View, Timestamp made,
                                          std::vector<ZippedFile> const&);

}  // namespace samtal::rights
