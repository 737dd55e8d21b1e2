#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::directory {

/// The numbers a person typed, as they are sealed: one JSON array of strings.
[[nodiscard]] std::string encode_numbers(std::vector<std::string> const&);
[[nodiscard]] std::vector<std::string> decode_numbers(std::string_view);

}  // namespace samtal::directory
