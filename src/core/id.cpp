#include "samtal/core/id.hpp"

namespace samtal {

namespace {

constexpr std::size_t text_size = 36;
constexpr std::string_view digits = "0123456789abcdef";

constexpr bool dash_at(std::size_t place) {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

constexpr int value_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<boost::uuids::uuid> parse_uuid(std::string_view text) noexcept {
    if (text.size() != text_size) return std::nullopt;
    boost::uuids::uuid id{};
    std::size_t byte = 0;
    for (std::size_t at = 0; at < text_size;) {
        if (dash_at(at)) {
            if (text[at++] != '-') return std::nullopt;
            continue;
        }
        int const high = value_of(text[at]);
        int const low = value_of(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.data[byte++] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
}

std::string uuid_text(boost::uuids::uuid const& id) {
    std::string text;
    text.reserve(text_size);
    for (std::uint8_t const byte : id) {
        if (dash_at(text.size())) text.push_back('-');
        text.push_back(digits[byte >> 4U]);
        text.push_back(digits[byte & 0x0fU]);
    }
    return text;
}

}  // namespace samtal
