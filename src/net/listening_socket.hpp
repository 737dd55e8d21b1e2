#pragma once

#include "any_stream.hpp"
#include "samtal/net/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <string>

namespace samtal::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

/// Binds and listens where the options say. Throws std::runtime_error with the address and what is wrong with it.
[[nodiscard]] Acceptor open_listening_socket(boost::asio::any_io_executor, ListenOptions const&);

/// The port it is bound to; 0 for a socket in the file system.
[[nodiscard]] unsigned short port_of(Acceptor const&);
/// The client's address, empty for a socket in the file system. An IPv4 client of an IPv6 socket has its IPv4
/// address.
[[nodiscard]] std::string peer_address(PlainSocket const&);

}  // namespace samtal::net
