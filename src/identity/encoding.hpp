#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace samtal::identity {

/// RFC 4648 §5 without padding.
[[nodiscard]] std::string base64url(std::string_view bytes);
/// Nothing for other characters, padding, or left-over bits that are not zero: one value has one text.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace samtal::identity
