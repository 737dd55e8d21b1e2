#pragma once

#include "samtal/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace samtal::net {

enum class Method : unsigned char { get, post, put, patch, del, other };

struct Header {
    std::string name;  // lower case
    std::string value;
};

/// One request that has passed the strict gate.
struct Request {
    Method method = Method::get;
    std::string path;   // decoded nowhere: no id or name of ours needs percent signs
    std::string query;  // without '?'
    std::vector<Header> headers;
    std::string body;
    std::string peer;  // the client's address, for throttling; never logged
    bool secure = false;

    /// The value of the first header of that (lower-case) name, or nothing. Names that must be single were
    /// checked at the gate.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
};

/// A body that is too large to lie in memory: its size is known, its bytes come as they are sent. Used by one
/// connection at a time, on that connection's executor.
class BodySource {
public:
    virtual ~BodySource() = default;

    /// In bytes; what Content-Length says.
    [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
    /// The next bytes, asked for when the ones before are on their way. Empty when it cannot go on, and may throw:
    /// then the connection is closed, so that the client sees that something is missing.
    virtual Task<std::string> next() = 0;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<Header> headers;
    std::shared_ptr<BodySource> source{};  // in place of `body`
};

class Socket;

/// What the listener calls. One object serves all connections, from several I/O threads at once.
class Application {
public:
    virtual ~Application() = default;

    /// The greatest body this request may have, asked before any of it is read. Larger: 413.
    [[nodiscard]] virtual std::size_t body_limit(Request const& head) const = 0;
    /// Asked before a body is read that is or may become larger than `unasked_body`: why it is not worth reading,
    /// if anything. So that nobody unknown fills memory. Must not throw.
    virtual Task<std::optional<Response>> refuse_unread(Request const&) { co_return std::nullopt; }
    static constexpr std::size_t unasked_body = 256 * 1024;
    /// Must not throw: it is the place where errors become responses.
    virtual Task<Response> handle(Request) = 0;
    /// The answer to a request that the gate refused (a problem document): 400, 408, 413, 426, 431, 501 or 505,
    /// and 503 for an upgrade while the server stops. The connection is closed after it.
    [[nodiscard]] virtual Response refuse(int status) const = 0;

    /// A WebSocket upgrade whose handshake is sound. With a null handler `refusal` is the answer; if its status is
    /// left at 200 there is no WebSocket at this path, and the request goes to handle() as if it asked for none.
    struct Upgrade {
        std::shared_ptr<class SocketHandler> handler;
        Response refusal;
    };
    virtual Task<Upgrade> upgrade(Request head) = 0;
    /// Whether frames may be written now, asked each time before some are. No: that WebSocket is closed with 1001
    /// and what waited for it is dropped. Any thread; must be cheap.
    [[nodiscard]] virtual bool may_speak() const noexcept { return true; }
};

}  // namespace samtal::net
