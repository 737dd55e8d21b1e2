#include "credentials.hpp"

#include <algorithm>
#include <array>

namespace samtal::gateway {

namespace {

constexpr std::string_view cookie_name = "__Host-samtal=";

bool scheme_is(std::string_view header, std::string_view scheme) {
    return header.size() > scheme.size() && header[scheme.size()] == ' ' &&
           std::ranges::equal(header.substr(0, scheme.size()), scheme, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

std::optional<std::string> base64_decoded(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string decoded;
    unsigned bits = 0;
    unsigned count = 0;
    for (char const c : text) {
        auto const value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U | static_cast<unsigned>(value)) & 0xffffU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        decoded.push_back(static_cast<char>(bits >> count & 0xffU));
    }
    return decoded;
}

std::optional<Credentials> basic(std::string_view encoded) {
    auto const pair = base64_decoded(encoded);
    if (!pair) return std::nullopt;
    std::size_t const colon = pair->find(':');
    if (colon == std::string::npos) return std::nullopt;
    auto const claimed = SwitchId::parse(std::string_view{*pair}.substr(0, colon));
    if (!claimed) return std::nullopt;
    return Credentials{pair->substr(colon + 1), claimed, false};
}

std::optional<Credentials> cookie(std::string_view header) {
    while (!header.empty()) {
        std::string_view one = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(header.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.starts_with(cookie_name))
            return Credentials{std::string{one.substr(cookie_name.size())}, {}, true};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Credentials> credentials_of(net::Request const& request) {
    if (!request.has("authorization")) return cookie(request.header("cookie"));
    std::string_view const header = request.header("authorization");
    if (scheme_is(header, "bearer")) return Credentials{std::string{header.substr(7)}, {}, false};
    if (scheme_is(header, "basic")) return basic(header.substr(6));
    return std::nullopt;
}

bool origin_allowed(net::Request const& request, std::vector<std::string> const& allowed, bool needed) {
    if (!request.has("origin")) return !needed;
    return std::ranges::find(allowed, request.header("origin")) != allowed.end();
}

}  // namespace samtal::gateway
