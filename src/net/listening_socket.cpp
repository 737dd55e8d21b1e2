#include "listening_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstring>
#include <stdexcept>

namespace samtal::net {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using asio::ip::tcp;
using Unix = asio::local::stream_protocol;

[[noreturn]] void fail(std::string const& where, std::string const& what) {
    throw std::runtime_error{where + " " + what};
}

void check(ErrorCode error, std::string const& where) {
    if (error == asio::error::address_in_use) fail(where, "is in use");
    if (error) fail(where, "cannot be listened on: " + error.message());
}

/// Restores the process's mask. Set while a socket is bound, since the file appears then, with its final mode.
class OwnerOnly {
public:
    OwnerOnly() : before_{::umask(0177)} {}
    ~OwnerOnly() { ::umask(before_); }
    OwnerOnly(OwnerOnly const&) = delete;
    OwnerOnly& operator=(OwnerOnly const&) = delete;

private:
    mode_t before_;
};

/// A file that a killed process left is removed; one that somebody answers on is not, and nothing but a socket is.
void remove_stale(std::string const& path) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0) return;
    if (!S_ISSOCK(file.st_mode)) fail(path, "exists and is no socket");
    asio::io_context context;
    Unix::socket probe{context};
    ErrorCode error;
    probe.connect(Unix::endpoint{path}, error);
    if (error != asio::error::connection_refused) fail(path, "is in use");
    ::unlink(path.c_str());
}

Acceptor open_unix(asio::any_io_executor executor, std::string const& path) {
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) fail(path, "is too long for a socket's path");
    remove_stale(path);
    Acceptor acceptor{std::move(executor), stream_protocol{Unix{}}};
    ErrorCode error;
    OwnerOnly const mask;
    acceptor.bind(stream_protocol::endpoint{Unix::endpoint{path}}, error);
    check(error, path);
    return acceptor;
}

Acceptor open_tcp(asio::any_io_executor executor, ListenOptions const& options) {
    auto const where = options.address + ":" + std::to_string(options.port);
    ErrorCode error;
    auto const address = asio::ip::make_address(options.address, error);
    if (error) fail(where, "is no IP address");
    tcp::endpoint const endpoint{address, options.port};
    Acceptor acceptor{std::move(executor)};
    acceptor.open(stream_protocol{endpoint.protocol()}, error);
    check(error, where);
    acceptor.set_option(asio::socket_base::reuse_address{true});
    acceptor.bind(stream_protocol::endpoint{endpoint}, error);
    check(error, where);
    return acceptor;
}

/// Nothing if the endpoint is no internet address.
std::optional<tcp::endpoint> as_tcp(stream_protocol::endpoint const& endpoint) {
    auto const family = endpoint.protocol().family();
    if (family != AF_INET && family != AF_INET6) return std::nullopt;
    tcp::endpoint result;
    if (endpoint.size() > result.capacity()) return std::nullopt;
    result.resize(endpoint.size());
    std::memcpy(result.data(), endpoint.data(), endpoint.size());
    return result;
}

}  // namespace

Acceptor open_listening_socket(asio::any_io_executor executor, ListenOptions const& options) {
    Acceptor acceptor = options.unix_path.empty() ? open_tcp(std::move(executor), options)
                                                  : open_unix(std::move(executor), options.unix_path);
    ErrorCode error;
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    check(error,
          options.unix_path.empty() ? options.address + ":" + std::to_string(options.port) : options.unix_path);
    return acceptor;
}

unsigned short port_of(Acceptor const& acceptor) {
    auto const endpoint = as_tcp(acceptor.local_endpoint());
    return endpoint ? endpoint->port() : static_cast<unsigned short>(0);
}

std::string peer_address(PlainSocket const& socket) {
    ErrorCode gone;
    auto const remote = socket.remote_endpoint(gone);
    auto const endpoint = gone ? std::nullopt : as_tcp(remote);
    if (!endpoint) return {};
    auto const address = endpoint->address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

}  // namespace samtal::net
