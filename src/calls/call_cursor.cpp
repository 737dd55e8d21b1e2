#include "history_codec.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace samtal::calls {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t time_size = 8;
constexpr std::size_t id_size = 16;
using Bytes = std::array<unsigned char, time_size + id_size>;
constexpr std::size_t text_size = 32;  // base64 of as many bytes

}  // namespace

std::string encode_cursor(CallPosition const& position) {
    Bytes bytes;
    auto ms = static_cast<std::uint64_t>(position.started_at.time_since_epoch().count());
    for (std::size_t i = time_size; i-- > 0; ms >>= 8U) bytes[i] = static_cast<unsigned char>(ms & 0xffU);
    std::ranges::copy(position.call.value(), bytes.begin() + time_size);
    std::array<char, text_size + 1> text;
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    return {text.data(), text_size};
}

std::optional<CallPosition> decode_cursor(std::string_view text) {
    Bytes bytes;
    std::size_t size = 0;
    if (text.size() != text_size ||
        sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                          variant) != 0 ||
        size != bytes.size())
        return std::nullopt;
    std::uint64_t ms = 0;
    for (std::size_t i = 0; i < time_size; ++i) ms = (ms << 8U) | bytes[i];
    constexpr std::uint64_t end_of_time =
        253'402'300'800'000;  // the year 10000: past what the database can be asked
    if (ms >= end_of_time) return std::nullopt;
    boost::uuids::uuid id{};
    std::ranges::copy(bytes.begin() + time_size, bytes.end(), id.begin());
    return CallPosition{Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(ms)}}, CallId{id}};
}

}  // namespace samtal::calls
