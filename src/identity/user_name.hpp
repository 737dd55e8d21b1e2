#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace samtal::identity {

/// A user name as it is shown, and as it is compared.
struct UserName {
    std::string shown;   // NFKC
    std::string folded;  // NFKC and case-folded: Anna, ANNA and a full-width Anna are one
};

/// 3 to 64 characters: letters, digits and . _ - @ +. Nothing for anything else, UTF-8 that is none included.
[[nodiscard]] std::optional<UserName> parse_user_name(std::string_view utf8);

/// Compatibility composition: what looks the same on two keyboards becomes the same bytes.
[[nodiscard]] std::string nfkc(std::string_view utf8);
/// The same with case folded, for comparing.
[[nodiscard]] std::string nfkc_folded(std::string_view utf8);
/// The code points of UTF-8 text.
[[nodiscard]] std::u32string code_points(std::string_view utf8);

}  // namespace samtal::identity
