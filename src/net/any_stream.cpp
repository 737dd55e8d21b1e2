#include "any_stream.hpp"

#include "as_result.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <vector>

namespace samtal::net {
namespace {

namespace asio = boost::asio;

/// Completes later, as every operation must, though nothing had to be waited for.
void complete_soon(asio::any_io_executor const& executor, CompletionPtr done, ErrorCode result = {},
                   std::size_t n = 0) {
    asio::post(executor, [d = std::move(done), result, n] { d->call(result, n); });
}

class PlainTransport final : public Transport {
public:
    explicit PlainTransport(PlainSocket socket) : socket_{std::move(socket)} {
        ErrorCode ignored;
        socket_.non_blocking(true, ignored);
    }

    asio::any_io_executor executor() override { return socket_.get_executor(); }
    void handshake(CompletionPtr done) override { complete_soon(executor(), std::move(done)); }
    void read(ReadBuffers const& to, CompletionPtr done) override {
        socket_.async_read_some(to, [d = std::move(done)](ErrorCode e, std::size_t n) { d->call(e, n); });
    }
    void write(WriteBuffers const& from, CompletionPtr done) override {
        ErrorCode result;
        auto const n = socket_.write_some(from, result);
        if (result != asio::error::would_block) return complete_soon(executor(), std::move(done), result, n);
        // Not async_write_some(): by the time there is room, what would be written may be wanted no more.
        socket_.async_wait(asio::socket_base::wait_write,
                           [d = std::move(done)](ErrorCode stopped) { d->call(stopped, 0); });
    }
    void shut_down(CompletionPtr done) override {
        ErrorCode result;
        socket_.shutdown(asio::socket_base::shutdown_send, result);
        complete_soon(executor(), std::move(done), result);
    }
    void read_leftovers(asio::mutable_buffer to, CompletionPtr done) override {
        socket_.async_read_some(to, [d = std::move(done)](ErrorCode e, std::size_t n) { d->call(e, n); });
    }
    Backlog backlog() noexcept override { return backlog_of(socket_); }
    void cancel() noexcept override {
        ErrorCode ignored;
        socket_.cancel(ignored);
    }
    void close() noexcept override {
        ErrorCode ignored;
        socket_.close(ignored);
    }

private:
    PlainSocket socket_;
};

}  // namespace

Backlog backlog_of(PlainSocket& socket) noexcept {
    int unread = 0;
    int untaken = 0;
    ::ioctl(socket.native_handle(), SIOCINQ, &unread);
    ::ioctl(socket.native_handle(), SIOCOUTQ, &untaken);
    return {static_cast<std::size_t>(unread), static_cast<std::size_t>(untaken)};
}

std::shared_ptr<Transport> make_plain_transport(PlainSocket socket) {
    return std::make_shared<PlainTransport>(std::move(socket));
}

Task<void> linger(AnyStream stream, std::chrono::milliseconds patience) {
    constexpr std::size_t most_bytes = 16 * 1024 * 1024;
    asio::steady_timer limit{stream.get_executor(), patience};
    // Its own handle of the stream: the wait may complete after this coroutine is gone.
    limit.async_wait([stream](ErrorCode stopped) mutable {
        if (!stopped) stream.close();
    });
    co_await stream.async_shut_down(as_result);  // whatever comes of it: what follows is the same
    std::vector<char> leftovers(16 * 1024);
    for (std::size_t seen = 0; seen < most_bytes;) {
        auto const [ended, n] = co_await stream.async_read_leftovers(asio::buffer(leftovers), as_result);
        if (ended) break;
        seen += n;
    }
    stream.close();
}

}  // namespace samtal::net
