#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace boost::asio::ssl {
class context;
}

namespace samtal::net {

using ErrorCode = boost::system::error_code;

/// TCP or a socket in the file system: nothing here tells them apart.
using PlainSocket = boost::asio::generic::stream_protocol::socket;

/// A move-only completion handler, erased: the only signature a transport sees.
class Completion {
public:
    virtual ~Completion() = default;
    virtual void call(ErrorCode, std::size_t) = 0;
};
using CompletionPtr = std::unique_ptr<Completion>;

// The first few buffers of a sequence; reading and writing "some" may leave the rest for the next call.
constexpr std::size_t most_buffers = 16;
using ReadBuffers = boost::container::static_vector<boost::asio::mutable_buffer, 2>;
using WriteBuffers = boost::container::static_vector<boost::asio::const_buffer, most_buffers>;

/// What the system holds of a connection, in bytes.
struct Backlog {
    std::size_t unread = 0;   // came, and nobody read it
    std::size_t untaken = 0;  // was written, and the peer's system has not taken it
};
[[nodiscard]] Backlog backlog_of(PlainSocket&) noexcept;

/// A connection, plain or TLS. Used on its executor only.
class Transport {
public:
    virtual ~Transport() = default;
    virtual boost::asio::any_io_executor executor() = 0;
    virtual void handshake(CompletionPtr) = 0;
    virtual void read(ReadBuffers const&, CompletionPtr) = 0;
    /// May complete with nothing written where the peer had to be waited for: think again, then write again.
    virtual void write(WriteBuffers const&, CompletionPtr) = 0;
    /// Says that nothing more will be sent: close_notify where there is TLS, then FIN.
    virtual void shut_down(CompletionPtr) = 0;
    /// Reads what comes after that, without TLS, to be thrown away.
    virtual void read_leftovers(boost::asio::mutable_buffer, CompletionPtr) = 0;
    [[nodiscard]] virtual Backlog backlog() noexcept = 0;
    /// Ends the operations under way; the connection stays usable.
    virtual void cancel() noexcept = 0;
    virtual void close() noexcept = 0;
};

[[nodiscard]] std::shared_ptr<Transport> make_plain_transport(PlainSocket);
[[nodiscard]] std::shared_ptr<Transport> make_tls_transport(PlainSocket, boost::asio::ssl::context&);

/// A handle of a transport that is an AsyncStream for Asio and Beast, so that HTTP and WebSocket, plain and TLS,
/// are instantiated once instead of four times. Copies share the transport.
class AnyStream {
public:
    using executor_type = boost::asio::any_io_executor;

    explicit AnyStream(std::shared_ptr<Transport> transport) : transport_{std::move(transport)} {}

    executor_type get_executor() { return transport_->executor(); }
    [[nodiscard]] std::shared_ptr<Transport> const& transport() const noexcept { return transport_; }
    void cancel() noexcept { transport_->cancel(); }
    void close() noexcept { transport_->close(); }

    template <class Buffers, class Token>
    auto async_read_some(Buffers const& buffers, Token&& token) {
        return start(token, [transport = transport_.get(), some = first_of<ReadBuffers>(buffers)](
                                CompletionPtr done) { transport->read(some, std::move(done)); });
    }
    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token) {
        return start(token, [transport = transport_.get(), some = first_of<WriteBuffers>(buffers)](
                                CompletionPtr done) { transport->write(some, std::move(done)); });
    }
    template <class Token>
    auto async_handshake(Token&& token) {
        return start(
            token, [transport = transport_.get()](CompletionPtr done) { transport->handshake(std::move(done)); });
    }
    template <class Token>
    auto async_shut_down(Token&& token) {
        return start(
            token, [transport = transport_.get()](CompletionPtr done) { transport->shut_down(std::move(done)); });
    }
    template <class Token>
    auto async_read_leftovers(boost::asio::mutable_buffer buffer, Token&& token) {
        return start(token, [transport = transport_.get(), buffer](CompletionPtr done) {
            transport->read_leftovers(buffer, std::move(done));
        });
    }

private:
    /// Resumes on the handler's own executor, and keeps that one alive meanwhile.
    template <class Handler>
    class Held final : public Completion {
    public:
        Held(Handler handler, executor_type stream)
            : handler_{std::move(handler)},
              stream_{std::move(stream)},
              work_{boost::asio::get_associated_executor(handler_, stream_)} {}
        void call(ErrorCode e, std::size_t n) override {
            // A transport completes on its executor, never from within the initiating call.
            if (executor_type{work_.get_executor()} == stream_) return std::move(handler_)(e, n);
            boost::asio::dispatch(work_.get_executor(),
                                  [h = std::move(handler_), e, n]() mutable { std::move(h)(e, n); });
        }

    private:
        Handler handler_;
        executor_type stream_;
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler, executor_type>> work_;
    };

    template <class Some, class Buffers>
    static Some first_of(Buffers const& buffers) {
        Some some;
        auto const end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && some.size() < some.capacity();
             ++at)
            some.push_back(*at);
        return some;
    }

    template <class Token, class Operation>
    auto start(Token& token, Operation operation) {
        return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [executor = get_executor()](auto handler, Operation begin) {
                using Handler = std::decay_t<decltype(handler)>;
                begin(std::make_unique<Held<Handler>>(std::move(handler), executor));
            },
            token, std::move(operation));
    }

    std::shared_ptr<Transport> transport_;
};

/// Ends a connection so that its client sees the last answer: says that nothing more comes, and throws away what
/// still arrives, for at most `patience` and a bounded number of bytes. (To close at once with bytes unread would
/// send RST, which may overtake the answer.)
Task<void> linger(AnyStream, std::chrono::milliseconds patience);

}  // namespace samtal::net
