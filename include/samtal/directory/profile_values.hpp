#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What may stand in a profile, whoever writes it.
namespace samtal::directory {

inline constexpr std::size_t most_contact_numbers = 10;

/// 1 to 200 bytes without control characters.
[[nodiscard]] bool is_name(std::string_view);
/// Up to 32 of digits, +, -, spaces and parentheses. Own numbers are shown and never matched, so E.164 is not
/// asked for.
[[nodiscard]] bool is_contact_number(std::string_view);

/// Own numbers as they are sealed: one JSON array of strings.
[[nodiscard]] std::string encode_numbers(std::vector<std::string> const&);
[[nodiscard]] std::vector<std::string> decode_numbers(std::string_view);

}  // namespace samtal::directory
