#include "samtal/storage/subject_cipher.hpp"

#include "samtal/core/random_bytes.hpp"

#include <sodium.h>

namespace samtal::storage {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(ColumnCipher::overhead == nonce_size + crypto_aead_xchacha20poly1305_ietf_ABYTES);

unsigned char* bytes(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}
unsigned char const* bytes(std::string_view s) {
    return reinterpret_cast<unsigned char const*>(s.data());
}

/// Fixed size first, so that no two cells have the same bytes.
std::string associated_data(Cell const& cell) {
    std::string data;
    data.reserve(cell.row.size() + cell.column.size());
    return data.append(cell.row.begin(), cell.row.end()).append(cell.column);
}

}  // namespace

Result<SubjectCipher> SubjectCipher::of(KeySource& keys, UserId subject) {
    auto key = keys.key_of(subject);
    if (!key) return key.error();
    SubjectCipher cipher{*key};
    sodium_memzero(key->data(), key->size());
    return cipher;
}

SubjectCipher::~SubjectCipher() {
    sodium_memzero(key_.data(), key_.size());
}

std::string SubjectCipher::seal(Cell const& cell, std::string_view plain) const {
    std::string const where = associated_data(cell);
    std::string sealed(plain.size() + ColumnCipher::overhead, '\0');
    draw_public_random({bytes(sealed), nonce_size});  // 192 bits: unique without keeping count
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + nonce_size, nullptr, bytes(plain), plain.size(),
                                               bytes(where), where.size(), nullptr, bytes(sealed), key_.data());
    return sealed;
}

Result<std::string> SubjectCipher::open(Cell const& cell, std::string_view sealed) const {
    if (sealed.size() < ColumnCipher::overhead) return Error{Errc::invalid, "sealed value is too short"};
    std::string const where = associated_data(cell);
    std::string plain(sealed.size() - ColumnCipher::overhead, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(sealed) + nonce_size,
                                                   sealed.size() - nonce_size, bytes(where), where.size(),
                                                   bytes(sealed), key_.data()) != 0)
        return Error{Errc::invalid, "sealed value does not belong here"};
    return plain;
}

std::string SubjectCipher::owner_hash(std::string_view domain, std::string_view value) const {
    std::string input;
    input.reserve(domain.size() + 1 + value.size());
    input.append(domain).push_back('\0');
    input.append(value);
    std::string hash(32, '\0');
    crypto_generichash(bytes(hash), hash.size(), bytes(input), input.size(), key_.data(), key_.size());
    return hash;
}

}  // namespace samtal::storage
