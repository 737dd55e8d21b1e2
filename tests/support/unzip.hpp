#pragma once

#include <map>
#include <string>

namespace samtal::testing {

/// The files of a ZIP, by name. Throws for what is no ZIP.
[[nodiscard]] std::map<std::string, std::string> unzip(std::string const& zip);

}  // namespace samtal::testing
