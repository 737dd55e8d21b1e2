#include "encoding.hpp"

#include <sodium.h>

#include <stdexcept>

namespace samtal::identity {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

unsigned char const* raw(std::string_view bytes) {
    return reinterpret_cast<unsigned char const*>(bytes.data());
}

}  // namespace

std::string base64url(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), variant);
    text.pop_back();  // libsodium counts the final NUL
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string bytes(text.size() * 3 / 4 + 1, '\0');
    std::size_t size = 0;
    char const* end = nullptr;
    int const failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                         text.size(), nullptr, &size, &end, variant);
    if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::string random_bytes(std::size_t count) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium finds no random source"};
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

}  // namespace samtal::identity
