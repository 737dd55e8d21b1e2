#include "seal.hpp"

#include "samtal/storage/key_wrapping.hpp"

#include <sodium.h>

#include <chrono>
#include <cstring>

namespace samtal::delivery {

namespace {

constexpr std::size_t day_size = sizeof(std::uint32_t);
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

}  // namespace

std::uint32_t Seal::today() const {
    return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::days>(clock_()).time_since_epoch().count());
}

storage::Key Seal::key_of(std::uint32_t day) const {
    return ring_.derive(use_ + ":" + std::to_string(day));
}

std::string Seal::close(std::string_view head, std::string_view body) const {
    std::uint32_t const day = today();
    std::string sealed(day_size + nonce_size + head.size() + body.size() + tag_size, '\0');
    std::memcpy(sealed.data(), &day, day_size);
    unsigned char* const nonce = bytes(sealed) + day_size;
    randombytes_buf(nonce, nonce_size);
    unsigned char* const at = nonce + nonce_size;
    std::memcpy(at, head.data(), head.size());
    std::memcpy(at + head.size(), body.data(), body.size());
    storage::Key key = key_of(day);
    // In place, so that a packet is copied once.
    crypto_aead_xchacha20poly1305_ietf_encrypt(at, nullptr, at, head.size() + body.size(), bytes(sealed), day_size,
                                               nullptr, nonce, key.data());
    sodium_memzero(key.data(), key.size());
    return sealed;
}

std::optional<std::string> Seal::open(std::string_view sealed) const {
    if (sealed.size() < day_size + nonce_size + tag_size) return std::nullopt;
    std::uint32_t day = 0;
    std::memcpy(&day, sealed.data(), day_size);
    std::uint32_t const now = today();
    if (day + 1 < now || day > now + 1) return std::nullopt;
    std::string plain(sealed.size() - day_size - nonce_size - tag_size, '\0');
    storage::Key key = key_of(day);
    int const failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes(plain), nullptr, nullptr, bytes(sealed) + day_size + nonce_size, plain.size() + tag_size,
        bytes(sealed), day_size, bytes(sealed) + day_size, key.data());
    sodium_memzero(key.data(), key.size());
    if (failed != 0) return std::nullopt;
    return plain;
}

}  // namespace samtal::delivery
