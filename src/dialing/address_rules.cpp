#include "address_rules.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

namespace samtal::dialing {

namespace {

struct Network {
    std::uint32_t address;
    unsigned bits;
};
constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c = 0) {
    return a << 24U | b << 16U | c << 8U;
}
// The IANA registry of special-purpose addresses.
constexpr std::array special{
    Network{v4(0, 0), 8},         Network{v4(10, 0), 8},      Network{v4(100, 64), 10},
    Network{v4(127, 0), 8},       Network{v4(169, 254), 16},  Network{v4(172, 16), 12},
    Network{v4(192, 0), 24},      Network{v4(192, 0, 2), 24}, Network{v4(192, 88, 99), 24},
    Network{v4(192, 168), 16},    Network{v4(198, 18), 15},   Network{v4(198, 51, 100), 24},
    Network{v4(203, 0, 113), 24}, Network{v4(224, 0), 3}};

bool is_public(std::uint32_t address) {
    return std::ranges::none_of(special,
                                [&](Network const& n) { return (address ^ n.address) >> (32U - n.bits) == 0; });
}

std::uint32_t big_endian(unsigned char const* bytes) {
    return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
           bytes[3];
}

/// Global unicast only (2000::/3), and there no tunnel and no documentation.
bool is_public(std::array<unsigned char, 16> const& a) {
    if ((a[0] & 0xe0U) != 0x20) return false;
    bool const tunnel = (a[0] == 0x20 && a[1] == 0x02) || (a[0] == 0x20 && a[1] == 0x01 && a[2] < 0x02);
    bool const documentation = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8;
    return !tunnel && !documentation;
}

using Url = std::unique_ptr<CURLU, decltype([](CURLU* url) { curl_url_cleanup(url); })>;

/// A part of the URL; empty where it has none.
std::string part(Url const& url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
    std::string const found{text};
    curl_free(text);
    return found;
}

}  // namespace

bool is_allowed_url(std::string const& text, std::vector<std::string> const& allowed_hosts, bool plain) {
    Url const url{curl_url()};
    if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
        return false;
    std::string const scheme = part(url, CURLUPART_SCHEME);
    if (scheme != "https" && !(plain && scheme == "http")) return false;
    std::string host = part(url, CURLUPART_HOST);
    if (std::string const port = part(url, CURLUPART_PORT); !port.empty()) host += ":" + port;
    return std::ranges::find(allowed_hosts, host) != allowed_hosts.end();
}

bool is_public(sockaddr const& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in of{};
        std::memcpy(&of, &address, sizeof of);
        std::array<unsigned char, 4> bytes{};
        std::memcpy(bytes.data(), &of.sin_addr, bytes.size());
        return is_public(big_endian(bytes.data()));
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 of{};
    std::memcpy(&of, &address, sizeof of);
    return is_public(std::bit_cast<std::array<unsigned char, 16>>(of.sin6_addr));
}

}  // namespace samtal::dialing
