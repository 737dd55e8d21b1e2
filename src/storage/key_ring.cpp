#include "samtal/storage/key_store.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace samtal::storage {

namespace {

constexpr std::array<char const*, 4> key_files{"kek.key", "root.key", "signing.key", "statistics-link.key"};

void read_key(std::string const& directory, char const* name, Key& into) {
    std::string const path = directory + "/" + name;
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{path + ": cannot be read (samtalctl keys init makes missing key files)"};
    in.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    if (in.gcount() != static_cast<std::streamsize>(into.size()) || in.peek() != std::ifstream::traits_type::eof())
        throw std::runtime_error{path + ": is not 32 bytes long"};
}

/// Whole or not at all: a half-written key would be one that nobody has a copy of.
void make_key(std::string const& path) {
    Key key;
    randombytes_buf(key.data(), key.size());
    std::string const unfinished = path + ".new";
    int const file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool const written = file >= 0 && ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                         ::fsync(file) == 0;
    sodium_memzero(key.data(), key.size());
    if (file >= 0) ::close(file);
    if (!written) throw std::runtime_error{path + ": cannot be written"};
    std::filesystem::rename(unfinished, path);
}

}  // namespace

KeyRing::KeyRing(std::string const& directory) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    read_key(directory, key_files[0], kek_);
    read_key(directory, key_files[1], root_);
    read_key(directory, key_files[2], signing_seed_);
}

int KeyRing::create_missing(std::string const& directory) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    std::filesystem::create_directories(directory);
    int made = 0;
    for (char const* name : key_files) {
        std::string const path = directory + "/" + name;
        if (std::filesystem::exists(path)) continue;
        make_key(path);
        ++made;
    }
    return made;
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
