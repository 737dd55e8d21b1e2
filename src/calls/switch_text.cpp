#include "switch_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace samtal::calls {

namespace {

constexpr std::array<std::string_view, 8> withheld{"",           "anonymous", "unknown",     "<unknown>",
                                                   "restricted", "private",   "unavailable", "withheld"};

constexpr std::int64_t latest_second = 253'402'300'799;  // the end of the year 9999

std::optional<std::int64_t> whole(std::string_view digits) {
    std::int64_t value = 0;
    auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc{} || end != digits.data() + digits.size() || value < 0) return std::nullopt;
    return value;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    auto const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// How many bytes the well-formed character takes that begins here (RFC 3629); 0 for none.
std::size_t character_size(std::string_view text) {
    auto const byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const lead = byte(0);
    if (lead < 0x80) return 1;
    std::size_t const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xc0U) != 0x80U) return 0;
    bool const overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    bool const surrogate = lead == 0xed && byte(1) > 0x9f;
    bool const beyond = lead == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || beyond ? 0 : size;
}

}  // namespace

std::optional<Counterpart> party_named(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (std::ranges::find(withheld, lower) != withheld.end()) return std::nullopt;
    return Counterpart{std::string{text}};
}

std::optional<Timestamp> epoch_seconds(std::string_view text) {
    auto const point = text.find('.');
    auto const seconds = whole(text.substr(0, point));
    if (!seconds || *seconds > latest_second) return std::nullopt;
    Timestamp const at{std::chrono::seconds{*seconds}};
    if (point == std::string_view::npos) return at;
    std::string fraction{text.substr(point + 1)};
    if (!whole(fraction)) return std::nullopt;
    fraction.resize(3, '0');  // milliseconds; finer is cut off
    return at + std::chrono::milliseconds{*whole(fraction)};
}

std::optional<Timestamp> epoch_microseconds(std::string_view text) {
    auto const count = whole(text);
    if (!count || *count / 1'000'000 > latest_second) return std::nullopt;
    return Timestamp{std::chrono::milliseconds{*count / 1000}};
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int const high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        int const low = high < 0 ? -1 : hex_value(text[i + 2]);
        if (low < 0) {
            out.push_back(text[i]);
            continue;
        }
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

std::string in_utf8(std::string text) {
    for (std::size_t i = 0; i < text.size();) {
        auto const size = character_size(std::string_view{text}.substr(i));
        if (size == 0) text[i] = '?';
        i += std::max<std::size_t>(size, 1);
    }
    return text;
}

}  // namespace samtal::calls
