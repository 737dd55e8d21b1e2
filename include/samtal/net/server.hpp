#pragma once

#include "samtal/net/http.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace samtal::net {

struct Limits {
    std::size_t header_bytes = 16 * 1024;           // request line and all headers
    std::size_t frame_bytes = 64 * 1024;            // one WebSocket message
    std::size_t outgoing_bytes = 1024 * 1024;       // what may wait for a client that reads slowly
    unsigned connections = 10'000;                  // more are refused with 503 at once
    std::chrono::milliseconds handshake{10'000};    // TLS, and the first request's header
    std::chrono::milliseconds header{15'000};       // from its first byte to its last
    std::chrono::milliseconds body{30'000};         // from its first byte to its last, whatever its size
    std::chrono::milliseconds idle{75'000};         // between requests
    std::chrono::milliseconds write{30'000};        // one response
    std::chrono::milliseconds socket_idle{60'000};  // a WebSocket's client may send and take nothing; it is pinged
    std::chrono::milliseconds close_grace{5'000};
};

struct TlsFiles {
    std::string certificate_file;  // PEM chain
    std::string key_file;
};

struct ListenOptions {
    std::string address = "127.0.0.1";
    unsigned short port = 0;  // 0: the system chooses, see port()
    std::string unix_path;    // instead of address and port: a socket of mode 0600
    std::optional<TlsFiles> tls;
    Limits limits;
};

/// The I/O threads: one loop each, and every connection lives on one of them.
class IoThreads {
public:
    explicit IoThreads(unsigned threads);  // 0: one per core
    ~IoThreads();
    /// The next loop, in turn.
    [[nodiscard]] boost::asio::any_io_executor next();
    /// A loop for timers and jobs.
    [[nodiscard]] boost::asio::any_io_executor first();
    /// Stops the loops when nothing is left to do, and waits for the threads: stop every Server first.
    void join();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A listening port and its connections.
class Server {
public:
    /// Binds; throws std::runtime_error "address:port is in use" and the like. `application` outlives the server.
    Server(IoThreads&, Application&, ListenOptions);
    ~Server();

    [[nodiscard]] unsigned short port() const noexcept;
    void start();
    /// Stops accepting, closes WebSockets with 1001, lets responses under way finish for `grace`, then cuts.
    /// Blocks until no connection is left; call it from a thread that is no I/O thread.
    void stop(std::chrono::milliseconds grace);
    [[nodiscard]] std::size_t connections() const noexcept;
    /// Those among them that have brought no request yet, or a WebSocket that is not authenticated. Where there
    /// are many, newcomers are admitted more slowly.
    [[nodiscard]] std::size_t strangers() const noexcept;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace samtal::net
