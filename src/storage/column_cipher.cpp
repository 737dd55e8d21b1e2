#include "samtal/storage/column_cipher.hpp"

#include "key_files.hpp"
#include "samtal/core/random_bytes.hpp"

#include <sodium.h>

namespace samtal::storage {

namespace {

static_assert(ColumnCipher::overhead ==
              crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES);
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* bytes(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}
unsigned char const* bytes(std::string_view s) {
    return reinterpret_cast<unsigned char const*>(s.data());
}

/// Fixed size first, so that no two cells have the same bytes.
std::string associated_data(Cell const& cell) {
    std::string data{cell.row.begin(), cell.row.end()};
    return data.append(cell.column);
}

}  // namespace

Result<std::string> ColumnCipher::seal(UserId subject, Cell const& cell, std::string_view plain) {
    auto key = keys_.key_of(subject);
    if (!key) return key.error();
    Wipe const wipe{*key};
    std::string const where = associated_data(cell);
    std::string sealed(nonce_size + plain.size() + tag_size, '\0');
    draw_public_random({bytes(sealed), nonce_size});  // 192 bits: unique without keeping count
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + nonce_size, nullptr, bytes(plain), plain.size(),
                                               bytes(where), where.size(), nullptr, bytes(sealed), key->data());
    return sealed;
}

Result<std::string> ColumnCipher::open(UserId subject, Cell const& cell, std::string_view sealed) {
    auto key = keys_.key_of(subject);
    if (!key) return key.error();
    Wipe const wipe{*key};
    if (sealed.size() < overhead) return Error{Errc::invalid, "sealed value is too short"};
    std::string const where = associated_data(cell);
    std::string plain(sealed.size() - overhead, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(sealed) + nonce_size,
                                                   sealed.size() - nonce_size, bytes(where), where.size(),
                                                   bytes(sealed), key->data()) != 0)
        return Error{Errc::invalid, "sealed value does not belong here"};
    return plain;
}

Result<std::string> ColumnCipher::owner_hash(UserId owner, std::string_view domain, std::string_view value) {
    auto key = keys_.key_of(owner);
    if (!key) return key.error();
    Wipe const wipe{*key};
    std::string input{domain};
    input.push_back('\0');
    input.append(value);
    std::string hash(32, '\0');
    crypto_generichash(bytes(hash), hash.size(), bytes(input), input.size(), key->data(), key->size());
    return hash;
}

}  // namespace samtal::storage
