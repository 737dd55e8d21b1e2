#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace samtal::net {

/// An encoded frame. One for all its recipients, so it is shared and never changes.
using SharedText = std::shared_ptr<std::string const>;

/// Why a WebSocket ends: RFC 6455, and reasons of our own.
enum class CloseCode : std::uint16_t {
    going_away = 1001,
    protocol = 1002,
    binary = 1003,
    not_utf8 = 1007,
    too_large = 1009,
    session_ended = 4001,
    not_authenticated = 4003,
    too_slow = 4008
};

/// One client's WebSocket, as the rest of the server sees it. Any thread may call it.
class Socket {
public:
    virtual ~Socket() = default;

    /// Queues a frame. A client that reads too slowly is closed with 4008; it is never waited for. Frames from one
    /// thread arrive in the order of the calls.
    virtual void push(SharedText) = 0;
    /// Drops what is queued, says why, and hangs up. Nothing pushed before or after it is written once it
    /// returned, except frames whose write had already begun.
    virtual void close(CloseCode) = 0;
    /// Says that its handler knows now who is there. Call on executor().
    virtual void authenticated() = 0;
    /// Where its frames are handled: the I/O thread of its connection.
    [[nodiscard]] virtual boost::asio::any_io_executor executor() const = 0;
    /// Resolves when at most half of the outgoing queue is left, or the socket is closed: how long answers (sync)
    /// are paced. Call on executor().
    virtual Task<bool> drained() = 0;
};

/// While it lives, what this thread pushes is only queued; at its end each I/O thread is woken once to write all
/// of it. Lives on the stack, in a block that does not suspend.
class PushTogether {
public:
    PushTogether() noexcept;
    ~PushTogether();
    PushTogether(PushTogether const&) = delete;
    PushTogether& operator=(PushTogether const&) = delete;
};

/// What one WebSocket talks to. Called on the socket's executor, one call at a time.
class SocketHandler {
public:
    virtual ~SocketHandler() = default;
    virtual Task<void> opened(std::shared_ptr<Socket>) = 0;
    /// One text frame. The next is read when this is done. Must not throw.
    virtual Task<void> frame(std::string text) = 0;
    /// Once, after the last frame() is done. Drop the socket now: it must not outlive the I/O threads.
    virtual void closed() = 0;
};

}  // namespace samtal::net
