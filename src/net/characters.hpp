#pragma once

#include <algorithm>
#include <string_view>

namespace samtal::net {

// The character classes of RFC 9110 and RFC 3986. Not <cctype>: that one depends on the locale.

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
constexpr bool contains(std::string_view set, char c) noexcept {
    return set.find(c) != std::string_view::npos;
}
/// tchar: what names of methods and headers are made of.
constexpr bool is_token(char c) noexcept {
    return is_digit(c) || is_alpha(c) || (c != '\0' && contains("!#$%&'*+-.^_`|~", c));
}
constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token(c); });
}
/// What the value of a header may hold: visible characters, blanks, and bytes above ASCII.
constexpr bool is_field_value(char c) noexcept {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}
/// Of a path's segment, without the percent sign.
constexpr bool is_path_char(char c) noexcept {
    return is_digit(c) || is_alpha(c) || (c != '\0' && contains("-._~!$&'()*+,;=:@/", c));
}
constexpr bool is_query_char(char c) noexcept {
    return is_path_char(c) || c == '?';
}
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}
/// Without the blanks (space, tab) at both ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}
/// Takes the next element off a comma-separated list.
constexpr std::string_view next_element(std::string_view& list) noexcept {
    auto const comma = list.find(',');
    auto const element = trimmed(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    return element;
}

}  // namespace samtal::net
