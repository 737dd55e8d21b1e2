#include "passwords.hpp"

#include "encoding.hpp"
#include "user_name.hpp"

#include <sodium.h>

#include <array>

namespace samtal::identity {

namespace {

/// Fixed length and no NUL, whatever the person typed; without the pepper the stored hash cannot even be guessed
/// at.
Secret peppered(storage::Key const& pepper, Secret const& password) {
    Secret const normal{nfkc(password.reveal())};
    std::string_view const text = normal.reveal();
    std::array<unsigned char, 32> mac{};
    crypto_generichash(mac.data(), mac.size(), reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                       pepper.data(), pepper.size());
    Secret out{base64url({reinterpret_cast<char const*>(mac.data()), mac.size()})};
    sodium_memzero(mac.data(), mac.size());
    return out;
}

}  // namespace

PasswordHasher::PasswordHasher(storage::Key const& pepper, Argon2Parameters parameters)
    : pepper_{pepper}, passes_{parameters.passes}, memory_{std::size_t{parameters.memory_kib} * 1024} {
    of_nobody_ = hash(Secret{random_bytes(32)});
}

std::string PasswordHasher::hash(Secret const& password) const {
    Secret const input = peppered(pepper_, password);
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), input.reveal().data(), input.reveal().size(), passes_, memory_,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw Unavailable{"no memory to hash a password"};
    return out.data();
}

bool PasswordHasher::matches(std::string_view stored, Secret const& password) const {
    Secret const input = peppered(pepper_, password);
    return crypto_pwhash_str_verify(std::string{stored}.c_str(), input.reveal().data(), input.reveal().size()) ==
           0;
}

bool PasswordHasher::outdated(std::string_view stored) const {
    return crypto_pwhash_str_needs_rehash(std::string{stored}.c_str(), passes_, memory_) != 0;
}

}  // namespace samtal::identity
