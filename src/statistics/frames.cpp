#include "samtal/statistics/release.hpp"

#include <sodium.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace samtal::statistics {

namespace {

template <class Integer>
void put(std::string& bytes, Integer value) {
    for (std::size_t shift = sizeof(Integer) * 8; shift > 0; shift -= 8)
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(value >> (shift - 8))));
}

/// The next big-endian integer, which is taken off.
template <class Integer>
Integer take(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (std::size_t n = 0; n < sizeof(Integer); ++n) value = value << 8U | static_cast<unsigned char>(bytes[n]);
    bytes.remove_prefix(sizeof(Integer));
    return static_cast<Integer>(value);
}

constexpr std::string_view mac_domain = "samtal frames 1\n";

std::array<unsigned char, crypto_generichash_BYTES> mac_bytes(storage::Key const& key, std::string_view frames) {
    std::array<unsigned char, crypto_generichash_BYTES> mac;
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.data(), key.size(), mac.size());
    for (auto const part : {mac_domain, frames})
        crypto_generichash_update(&state, reinterpret_cast<unsigned char const*>(part.data()), part.size());
    crypto_generichash_final(&state, mac.data(), mac.size());
    return mac;
}

}  // namespace

void Frame::append_to(std::string& bytes) const {
    put(bytes, static_cast<std::uint16_t>(metric_));
    put(bytes, bucket_);
    put(bytes, epoch_);
    put(bytes, static_cast<std::uint64_t>(value_));
}

std::optional<std::vector<ReceivedFrame>> read_frames(std::string_view bytes) {
    if (bytes.empty() || bytes.size() % Frame::size != 0) return std::nullopt;
    std::vector<ReceivedFrame> frames;
    while (!bytes.empty()) {
        auto const metric = take<std::uint16_t>(bytes);
        auto const bucket = take<std::uint16_t>(bytes);
        auto const epoch = take<std::uint32_t>(bytes);
        frames.push_back({metric, bucket, epoch, take<std::int64_t>(bytes)});
    }
    return frames;
}

std::string link_mac(storage::Key const& key, std::string_view frames) {
    auto const mac = mac_bytes(key, frames);
    std::string hex(mac.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
    hex.pop_back();
    return hex;
}

bool link_mac_is_genuine(storage::Key const& key, std::string_view frames, std::string_view mac) {
    std::string const expected = link_mac(key, frames);
    return mac.size() == expected.size() && sodium_memcmp(mac.data(), expected.data(), expected.size()) == 0;
}

storage::Key read_link_key(std::string const& file) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{file + ": cannot be read (samtalctl keys init makes missing key files)"};
    storage::Key key;
    in.read(reinterpret_cast<char*>(key.data()), static_cast<std::streamsize>(key.size()));
    if (in.gcount() != static_cast<std::streamsize>(key.size()) || in.peek() != std::ifstream::traits_type::eof())
        throw std::runtime_error{file + ": is not 32 bytes long"};
    return key;
}

}  // namespace samtal::statistics
