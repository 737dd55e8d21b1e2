#include "any_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>

namespace samtal::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_in_a_record = 16 * 1024;

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL.
int descriptor_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}
bool may_come_later() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}
int bio_write(BIO* bio, char const* data, int size) {
    BIO_clear_retry_flags(bio);
    auto const n = ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (n < 0 && may_come_later()) BIO_set_retry_write(bio);
    return static_cast<int>(n);
}
int bio_read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    auto const n = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), 0);
    if (n < 0 && may_come_later()) BIO_set_retry_read(bio);
    return static_cast<int>(n);
}
long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}
BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "samtal socket");
        if (made == nullptr) throw std::bad_alloc{};
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    return method;
}

/// OpenSSL on the socket itself. Asio's ssl::stream keeps four record buffers of 17 KB for each connection; this
/// one has none, and SSL_MODE_RELEASE_BUFFERS gives OpenSSL's back while a connection is idle.
class TlsTransport final : public Transport, public std::enable_shared_from_this<TlsTransport> {
public:
    TlsTransport(PlainSocket socket, asio::ssl::context& context)
        : socket_{std::move(socket)}, ssl_{SSL_new(context.native_handle()), &SSL_free} {
        BIO* const bio = ssl_ ? BIO_new(socket_method()) : nullptr;
        if (bio == nullptr) throw std::bad_alloc{};
        BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket_.native_handle())));
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        socket_.native_non_blocking(true);
    }

    asio::any_io_executor executor() override { return socket_.get_executor(); }
    void handshake(CompletionPtr done) override {
        start([](SSL* ssl) { return SSL_accept(ssl); }, std::move(done));
    }
    void read(ReadBuffers const& to, CompletionPtr done) override {
        auto const into = to.empty() ? asio::mutable_buffer{} : to.front();
        int const size = static_cast<int>(std::min<std::size_t>(into.size(), most_in_a_record));
        start([data = into.data(), size](SSL* ssl) { return SSL_read(ssl, data, size); }, std::move(done));
    }
    void write(WriteBuffers const& from, CompletionPtr done) override {
        // One record for all of them.
        std::string bytes;
        for (auto const& part : from) {
            auto const size = std::min(part.size(), most_in_a_record - bytes.size());
            bytes.append(static_cast<char const*>(part.data()), size);
        }
        start([b = std::move(bytes)](SSL* ssl) { return SSL_write(ssl, b.data(), static_cast<int>(b.size())); },
              std::move(done));
    }
    /// Says goodbye without waiting for the peer's.
    void shut_down(CompletionPtr done) override {
        start(
            [this](SSL* ssl) {
                int const sent = SSL_shutdown(ssl);
                ErrorCode ignored;
                if (sent >= 0) socket_.shutdown(asio::socket_base::shutdown_send, ignored);
                return sent < 0 ? sent : 1;
            },
            std::move(done));
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
    /// Tries at once; completes later all the same, as every operation must.
    template <class Step>
    void start(Step step, CompletionPtr done) {
        go_on(std::move(step), std::move(done), [this](CompletionPtr over, ErrorCode result, std::size_t n) {
            asio::post(executor(), [o = std::move(over), result, n] { o->call(result, n); });
        });
    }

    template <class Step, class Finish>
    void go_on(Step step, CompletionPtr done, Finish finish) {
        if (!socket_.is_open()) return finish(std::move(done), asio::error::operation_aborted, 0);
        ERR_clear_error();
        errno = 0;
        int const n = step(ssl_.get());
        if (n > 0) return finish(std::move(done), {}, static_cast<std::size_t>(n));
        switch (int const why = SSL_get_error(ssl_.get(), n); why) {
            case SSL_ERROR_WANT_READ:
                return wait(asio::socket_base::wait_read, std::move(step), std::move(done));
            case SSL_ERROR_WANT_WRITE:
                return wait(asio::socket_base::wait_write, std::move(step), std::move(done));
            default:
                finish(std::move(done), failure(why), 0);
        }
    }

    template <class Step>
    void wait(asio::socket_base::wait_type what, Step step, CompletionPtr done) {
        socket_.async_wait(what, [self = shared_from_this(), s = std::move(step),
                                  d = std::move(done)](ErrorCode stopped) mutable {
            if (stopped) return d->call(stopped, 0);
            self->go_on(std::move(s), std::move(d),
                        [](CompletionPtr over, ErrorCode result, std::size_t n) { over->call(result, n); });
        });
    }

    static ErrorCode failure(int why) {
        if (why == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
        if (auto const code = ERR_get_error(); code != 0)
            return {static_cast<int>(code), asio::error::get_ssl_category()};
        if (errno != 0) return {errno, boost::system::system_category()};
        return asio::ssl::error::stream_truncated;
    }

    PlainSocket socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace

std::shared_ptr<Transport> make_tls_transport(PlainSocket socket, asio::ssl::context& context) {
    return std::make_shared<TlsTransport>(std::move(socket), context);
}

}  // namespace samtal::net
