#pragma once

#include <sodium.h>

#include <string>
#include <string_view>

namespace samtal::rights {

/// RFC 4648 §5 without padding.
[[nodiscard]] inline std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
                      variant);
    text.pop_back();  // libsodium counts the final NUL
    return text;
}

}  // namespace samtal::rights
