#pragma once

#include "samtal/net/server.hpp"

#include <boost/asio/ssl/context.hpp>

namespace samtal::net {

/// TLS 1.2 and 1.3 after Mozilla's "intermediate", without finite-field Diffie-Hellman. Throws std::runtime_error
/// that names the file which cannot be used.
[[nodiscard]] boost::asio::ssl::context make_tls_context(TlsFiles const&);

}  // namespace samtal::net
