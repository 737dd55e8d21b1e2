#include "samtal/storage/signing.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>

namespace samtal::storage {

namespace {

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free)>;
constexpr std::size_t key_size = 32;

}  // namespace

std::string public_key_pem(std::string_view public_key) {
    KeyPointer const key{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                    reinterpret_cast<unsigned char const*>(public_key.data()), public_key.size()),
        &EVP_PKEY_free};
    BioPointer const out{BIO_new(BIO_s_mem()), &BIO_free};
    if (!key || !out || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1)
        throw std::runtime_error{"the public key cannot be written"};
    char* text = nullptr;
    long const size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::optional<std::string> read_public_key_pem(std::string_view pem) {
    BioPointer const in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
    if (!in) return std::nullopt;
    KeyPointer const key{PEM_read_bio_PUBKEY(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return std::nullopt;
    std::string raw(key_size, '\0');
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(raw.data()), &size) != 1 ||
        size != key_size)
        return std::nullopt;
    return raw;
}

}  // namespace samtal::storage
