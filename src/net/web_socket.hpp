#pragma once

#include "admission.hpp"
#include "any_stream.hpp"
#include "http_head.hpp"
#include "samtal/net/http.hpp"
#include "samtal/net/server.hpp"
#include "samtal/net/socket.hpp"

#include <memory>

namespace samtal::net {

/// One WebSocket connection from the server's side of the handshake to its end. The implementation is, with
/// the two files beast_…, all that includes Beast.
class WebSocket : public Socket {
public:
    /// Answers the handshake, then feeds the handler until the connection is over. Call once, on the stream's
    /// executor; `handshake` has passed check_websocket_handshake().
    virtual Task<void> run(RequestHead handshake, std::shared_ptr<SocketHandler>) = 0;
};

/// The application is asked whether the server may speak; it and the limits outlive run().
[[nodiscard]] std::shared_ptr<WebSocket> make_web_socket(AnyStream, Application const&, Limits const&, Stranger);

}  // namespace samtal::net
