#include "dialing/address_rules.hpp"

#include "dialing/call_state.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace samtal::dialing {
namespace {

bool reaches(char const* text) {
    sockaddr_storage storage{};
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        storage.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        storage.ss_family = AF_INET6;
    else
        ADD_FAILURE() << text;
    return is_public(reinterpret_cast<sockaddr const&>(storage));
}

TEST(Address, OfTheInternetIsPublic) {
    for (auto const* const text : {"8.8.8.8", "192.0.1.1", "172.15.255.255", "172.32.0.0", "223.255.255.255",
                                   "9.255.255.255", "2a00:1450:400f::1", "2001:4860:4860::8888"})
        EXPECT_TRUE(reaches(text)) << text;
}

TEST(Address, OfAPrivateNetworkIsNotHoweverItIsWrapped) {
    for (auto const* const text :
         {"0.0.0.0",          "10.0.0.1",       "100.64.0.1",      "127.0.0.1",   "127.255.255.255",
          "169.254.169.254",  "172.16.0.1",     "172.31.255.255",  "192.168.1.1", "198.18.0.1",
          "192.0.2.1",        "224.0.0.1",      "255.255.255.255", "::",          "::1",
          "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "fc00::1",     "fd12::1",
          "fe80::1",          "ff02::1",        "2002:7f00:1::",   "2001:db8::1", "2001::1"})
        EXPECT_FALSE(reaches(text)) << text;
}

TEST(CallbackUrl, IsAllowedByHostAndPortExactly) {
    std::vector<std::string> const hosts{"pbx.example", "other.example:8443"};
    EXPECT_TRUE(is_allowed_url("https://pbx.example/originate", hosts, false));
    EXPECT_TRUE(is_allowed_url("https://other.example:8443/", hosts, false));
    for (auto const* const url :
         {"http://pbx.example/", "https://pbx.example:8443/", "https://other.example/", "https://evil.example/",
          "https://pbx.example.evil.example/", "https://pbx.example@evil.example/",
          "https://user:word@pbx.example/", "https://evil.example/#pbx.example",
          "https://evil.example\\@pbx.example/", "ftp://pbx.example/", "file:///etc/passwd", "pbx.example", "",
          "https://", "javascript:alert(1)"})
        EXPECT_FALSE(is_allowed_url(url, hosts, false)) << url;
    EXPECT_TRUE(is_allowed_url("http://pbx.example/", hosts, true));
    EXPECT_FALSE(is_allowed_url("https://pbx.example/", {}, true));
}

TEST(CallState, GoesForwardOnlyAndEndsOnce) {
    using enum CallState;
    EXPECT_TRUE(leads_on(requested, accepted));
    EXPECT_TRUE(leads_on(requested, ringing));
    EXPECT_TRUE(leads_on(connected, ended));
    EXPECT_TRUE(leads_on(accepted, failed));
    EXPECT_FALSE(leads_on(ringing, accepted));
    EXPECT_FALSE(leads_on(ringing, ringing));
    EXPECT_FALSE(leads_on(ended, failed));
    EXPECT_FALSE(leads_on(failed, ended));
}

}  // namespace
}  // namespace samtal::dialing
