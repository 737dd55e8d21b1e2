#pragma once

#include "samtal/core/id.hpp"
#include "samtal/net/http.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::gateway {

/// What a request shows to say who it is from.
struct Credentials {
    std::string token;
    std::optional<SwitchId> claimed;  // Basic: the user name
    bool by_cookie = false;
};

/// Nothing when there is none, or it is malformed.
[[nodiscard]] std::optional<Credentials> credentials_of(net::Request const&);

/// An Origin, where there is one, must be on the list to the letter. With a cookie, calls that change something
/// need one.
[[nodiscard]] bool origin_allowed(net::Request const&, std::vector<std::string> const& allowed, bool needed);

}  // namespace samtal::gateway
