#pragma once

#include "samtal/net/http.hpp"

#include <string>
#include <string_view>

namespace samtal::net {

struct ResponseOptions {
    bool close = false;   // the connection ends after it
    bool secure = false;  // came over TLS: adds Strict-Transport-Security
};

/// Whether a response of that status has a body (and a Content-Length) at all.
[[nodiscard]] bool has_body(int status) noexcept;
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// Writes status line and headers with the empty line into `into`, replacing what is there. A header whose value
/// holds a control character is left out: it would let its author write headers of their own.
void write_response_head(Response const&, ResponseOptions, std::string& into);

}  // namespace samtal::net
