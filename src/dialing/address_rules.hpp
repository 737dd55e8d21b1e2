#pragma once

#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace samtal::dialing {

/// Whether the server may call this URL at all: https (http only with `plain`), no credentials in it, and host and
/// port exactly one of the allowed ones.
[[nodiscard]] bool is_allowed_url(std::string const& url, std::vector<std::string> const& allowed_hosts,
                                  bool plain);

/// An address of the Internet: not this machine, no private network, no multicast, and nothing that hides such an
/// address inside of another.
[[nodiscard]] bool is_public(sockaddr const&);

}  // namespace samtal::dialing
