#pragma once

#include "samtal/net/http.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace samtal::net {

/// How the length of a request's body is told.
enum class Framing : unsigned char { none, content_length, chunked };

/// A request's head that has passed the gate, and what it means for the connection.
struct RequestHead {
    Request request;
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    bool keep_alive = false;
    bool expect_continue = false;
    bool websocket = false;    // asks for an upgrade to WebSocket
    bool answer_head = false;  // method HEAD: the answer has no body, whatever its Content-Length says
};

/// Why a head is not served: the status of the answer, after which the connection is closed.
struct Refusal {
    int status;
};

/// Where the head at the front of `received` ends.
struct HeadEnd {
    std::size_t end = 0;     // bytes of the head with its empty line; 0: not complete yet
    bool malformed = false;  // it never will be: a line feed on its own, or no method
};

/// `scanned` is how far an earlier call has looked (0 at first); it is moved on, so that a head that arrives in
/// drips is looked at once and not once per drip.
[[nodiscard]] HeadEnd find_head_end(std::string_view received, std::size_t& scanned) noexcept;

/// Reads one whole head as find_head_end() delimits it. This is the gate: what two readers of HTTP could
/// understand in two ways is refused. Returns nothing when `into` is filled; `into` is unspecified otherwise.
[[nodiscard]] std::optional<Refusal> parse_head(std::string_view head, RequestHead& into);

/// Checks the handshake of RFC 6455 on a head with `websocket` set: 400, or 426 for another version.
[[nodiscard]] std::optional<Refusal> check_websocket_handshake(RequestHead const&) noexcept;

}  // namespace samtal::net
