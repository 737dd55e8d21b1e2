#pragma once

#include "archive_file.hpp"
#include "archive_plan.hpp"

#include <list>
#include <string>

namespace samtal::rights {

/// manifest.json: what the archive is, each of its files with hash and rows, and what is withheld and why. Says
/// nothing of itself.
[[nodiscard]] std::string encode_manifest(ArchivePlan const&, View, Timestamp made, std::list<ArchiveFile> const&);

}  // namespace samtal::rights
