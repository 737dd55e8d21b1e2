#include "samtal/storage/key_wrapping.hpp"

#include "key_files.hpp"

#include <sodium.h>

namespace samtal::storage {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* raw(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}
unsigned char const* raw(std::string_view s) {
    return reinterpret_cast<unsigned char const*>(s.data());
}

}  // namespace

std::string seal_key(Key const& kek, std::string_view place, Key const& key) {
    std::string wrapped(nonce_size + key.size() + tag_size, '\0');
    randombytes_buf(wrapped.data(), nonce_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(wrapped) + nonce_size, nullptr, key.data(), key.size(),
                                               raw(place), place.size(), nullptr, raw(wrapped), kek.data());
    return wrapped;
}

Key open_key(Key const& kek, std::string_view place, std::string_view wrapped) {
    Key key;
    if (wrapped.size() != nonce_size + key.size() + tag_size ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, raw(wrapped) + nonce_size,
                                                   wrapped.size() - nonce_size, raw(place), place.size(),
                                                   raw(wrapped), kek.data()) != 0)
        throw std::runtime_error{"a wrapped key does not open with its epoch's key-encryption key"};
    return key;
}

Key KeyWrapper::unwrap(std::string_view place, WrappedKey const& wrapped) const {
    Key kek = read_key_file(kek_file(directory_, wrapped.epoch));
    Wipe const wipe{kek};
    return open_key(kek, place, wrapped.bytes);
}

std::string place_of_subject_key(UserId subject) {
    auto const& id = subject.value();
    return {id.begin(), id.end()};
}

std::string place_of_statistics_key(std::uint32_t epoch) {
    return "statistics_epoch_keys:" + std::to_string(epoch);
}

}  // namespace samtal::storage
