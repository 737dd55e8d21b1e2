#include "archive_seal.hpp"

namespace samtal::rights {

namespace {

constexpr std::size_t number_bytes = sizeof(std::uint64_t);
constexpr std::size_t seal_bytes = number_bytes + crypto_hash_sha256_BYTES;

}  // namespace

/// The number, most significant byte first, then the hash.
std::string encode(ArchiveSeal const& seal) {
    std::string bytes;
    for (std::size_t n = number_bytes; n-- > 0;) bytes += static_cast<char>(seal.bytes >> (8 * n) & 0xff);
    return bytes + seal.hash;
}

Result<ArchiveSeal> decode_seal(std::string_view bytes) {
    if (bytes.size() != seal_bytes) return Error{Errc::not_found, "no such thing"};
    ArchiveSeal seal;
    for (char const byte : bytes.substr(0, number_bytes))
        seal.bytes = seal.bytes << 8 | static_cast<unsigned char>(byte);
    seal.hash = bytes.substr(number_bytes);
    return seal;
}

void SealHash::add(std::string_view piece_hash) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<unsigned char const*>(piece_hash.data()),
                              piece_hash.size());
}

std::string SealHash::finish() {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256_final(&state_, reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
}

}  // namespace samtal::rights
