#pragma once

#include "admission.hpp"
#include "any_stream.hpp"
#include "deadline.hpp"
#include "http_head.hpp"
#include "read_buffer.hpp"
#include "samtal/net/http.hpp"
#include "samtal/net/server.hpp"

#include <memory>
#include <string>

namespace samtal::net {

class WebSocket;

/// Who is at the other end.
struct Client {
    std::string address;
    bool secure;  // by TLS
    Stranger stranger;
};

/// One connection: requests one after the other, each answered before the next is read, and perhaps a WebSocket at
/// its end. Everything happens on the executor of its stream.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
public:
    /// `application` and `limits` outlive the session.
    HttpSession(AnyStream, Application& application, Limits const& limits, Client);

    /// TLS handshake to end. The session must be owned by a shared_ptr.
    Task<void> run();

    /// Ends an idle connection now, one with a request under way after its response, a WebSocket with 1001.
    void shut_down();
    /// Ends it now, whatever it does.
    void cut();

    [[nodiscard]] boost::asio::any_io_executor executor() { return stream_.get_executor(); }

private:
    // Steps of a request: `proceed`, the status to refuse with, or `gone` when there is nobody to answer.
    static constexpr int proceed = 0;
    static constexpr int gone = -1;

    Task<void> serve();
    /// Whether another request may follow on this connection.
    Task<bool> serve_one();
    Task<int> read_head();
    /// The answer to a body too large to be read from just anybody, if the application has one.
    Task<std::optional<Response>> refuse_unread();
    Task<int> read_body();
    Task<int> read_counted_body();
    Task<int> read_chunked_body(std::size_t limit);
    Task<bool> upgrade();
    Task<bool> answer();
    Task<bool> refuse(int status);
    Task<bool> respond(Response, bool keep_alive);
    Task<bool> write(std::string_view first, std::string_view second);
    /// All of it, or false: what came is too little, too much, or was not taken in time.
    Task<bool> write_from(std::shared_ptr<BodySource>);
    /// Reads more into the buffer; false when the connection or its time is over.
    Task<bool> fill();
    [[nodiscard]] int why_no_more() const noexcept;

    AnyStream stream_;
    Application& application_;
    Limits const& limits_;
    Client client_;
    Deadline deadline_;
    ReadBuffer in_;
    std::string out_;   // the head of the response being written
    RequestHead head_;  // of the request being served
    std::weak_ptr<WebSocket> web_socket_;
    bool first_ = true;           // no request has been read yet
    bool idle_ = false;           // waits for a request of which nothing has arrived
    bool answered_last_ = false;  // the last answer has been sent, and its client should see it
    bool stopping_ = false;
};

}  // namespace samtal::net
