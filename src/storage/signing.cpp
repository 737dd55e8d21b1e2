#include "samtal/storage/signing.hpp"

#include <sodium.h>

namespace samtal::storage {

namespace {

unsigned char const* bytes(std::string_view s) {
    return reinterpret_cast<unsigned char const*>(s.data());
}

}  // namespace

Signer::Signer(KeyRing const& ring) : public_key_(crypto_sign_PUBLICKEYBYTES, '\0') {
    static_assert(sizeof secret_key_ == crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(public_key_.data()), secret_key_.data(),
                             ring.signing_seed().data());
}

std::string Signer::sign(std::string_view document) const {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, bytes(document),
                         document.size(), secret_key_.data());
    return signature;
}

bool signature_holds(std::string_view public_key, std::string_view document, std::string_view signature) {
    return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(bytes(signature), bytes(document), document.size(), bytes(public_key)) == 0;
}

}  // namespace samtal::storage
