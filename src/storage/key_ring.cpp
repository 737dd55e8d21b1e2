#include "key_files.hpp"
#include "samtal/storage/key_store.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

namespace samtal::storage {

namespace {

constexpr std::array<char const*, 3> key_files{"root.key", "signing.key", "statistics-link.key"};
constexpr char const* kek_of_old = "/kek.key";  // before there were epochs

bool is_kek(std::filesystem::path const& file) {
    return file.extension() == ".key" && file.filename().string().starts_with("kek-");
}

bool has_kek(std::string const& directory) {
    return std::ranges::any_of(std::filesystem::directory_iterator{directory},
                               [](auto const& entry) { return is_kek(entry.path()); });
}

}  // namespace

KeyRing::KeyRing(std::string const& directory) : directory_{directory} {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    root_ = read_key_file(directory + "/root.key");
    signing_seed_ = read_key_file(directory + "/signing.key");
    // Which epoch is open, only the key store knows; but without any there is no use in starting.
    if (!has_kek(directory))
        throw std::runtime_error{directory + "/kek-<epoch>.key: there is no such file (run samtalctl keys init)"};
}

int KeyRing::create_missing(std::string const& directory) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    std::filesystem::create_directories(directory);
    int made = 0;
    for (char const* name : key_files)
        if (make_key_file(directory + "/" + name)) ++made;
    if (has_kek(directory)) return made;
    if (std::filesystem::exists(directory + kek_of_old)) {
        std::filesystem::rename(directory + kek_of_old, kek_file(directory, 1));
        sync_directory(directory);
        return made;
    }
    make_key_file(kek_file(directory, 1));
    return made + 1;
}

Key KeyRing::derive(std::string_view domain) const {
    Key key;
    crypto_generichash(key.data(), key.size(), reinterpret_cast<unsigned char const*>(domain.data()),
                       domain.size(), root_.data(), root_.size());
    return key;
}

std::string KeyRing::keyed_hash(std::string_view domain, std::string_view value) const {
    Key const key = derive(domain);
    std::string hash(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<unsigned char const*>(value.data()), value.size(), key.data(), key.size());
    return hash;
}

std::string sha256(std::string_view value) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<unsigned char const*>(value.data()), value.size());
    return hash;
}

}  // namespace samtal::storage
