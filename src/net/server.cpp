#include "samtal/net/server.hpp"

#include "admission.hpp"
#include "any_stream.hpp"
#include "as_result.hpp"
#include "http_session.hpp"
#include "listening_socket.hpp"
#include "tls_context.hpp"

#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

namespace samtal::net {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Server::Impl : std::enable_shared_from_this<Impl> {
    Impl(IoThreads& t, Application& a, ListenOptions o)
        : threads{t},
          application{a},
          options{std::move(o)},
          tls{options.tls ? std::optional{make_tls_context(*options.tls)} : std::nullopt},
          acceptor{open_listening_socket(threads.first(), options)},
          admission{threads.first()},
          port{port_of(acceptor)} {}

    Task<void> accept_until_stopped();
    void admit(PlainSocket);
    void turn_away(PlainSocket);
    void leave(HttpSession*);
    void stop_accepting();
    void for_each_session(void (HttpSession::*)());

    IoThreads& threads;
    Application& application;
    ListenOptions const options;
    std::optional<asio::ssl::context> tls;
    Acceptor acceptor;  // on its executor only
    Admission admission;
    unsigned short const port;

    std::mutex mutex;
    std::condition_variable changed;
    bool accepting = false;
    bool stopping = false;
    std::unordered_set<HttpSession*> sessions;
    std::atomic<std::size_t> open{0};  // == sessions.size()
    std::atomic<unsigned> being_turned_away{0};
};

Task<void> Server::Impl::accept_until_stopped() {
    auto const self = shared_from_this();
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(threads.next(), as_result);
        if (!error) {
            try {
                admit(std::move(socket));
            } catch (std::exception const&) {
                // No memory for this connection: it is closed, the next may have better luck.
            }
            co_await admission.keep_pace();
        } else if (acceptor.is_open() && error != asio::error::connection_aborted) {
            // Out of files or memory: what waits in the backlog would make this loop spin.
            co_await admission.wait(100ms);
        }
    }
    std::lock_guard const lock{mutex};
    accepting = false;
    changed.notify_all();
}

void Server::Impl::admit(PlainSocket socket) {
    if (open.load() >= options.limits.connections) return turn_away(std::move(socket));
    if (options.unix_path.empty()) {
        ErrorCode ignored;
        socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    }
    auto peer = peer_address(socket);
    AnyStream stream{tls ? make_tls_transport(std::move(socket), *tls) : make_plain_transport(std::move(socket))};
    auto const session = std::make_shared<HttpSession>(
        stream, application, options.limits, Client{std::move(peer), tls.has_value(), admission.stranger()});
    {
        std::lock_guard const lock{mutex};
        sessions.insert(session.get());
        open.store(sessions.size());
    }
    // The session itself is kept by its coroutine; what ends it tells us, however it ends.
    asio::co_spawn(stream.get_executor(), session->run(),
                   [self = shared_from_this(), session](std::exception_ptr) { self->leave(session.get()); });
}

/// A short answer, and time to read it for some of those turned away.
void Server::Impl::turn_away(PlainSocket socket) {
    static constexpr std::string_view busy =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    constexpr unsigned most = 256;
    if (tls) return;
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(busy), 0, ignored);
    if (being_turned_away.fetch_add(1) >= most) {
        being_turned_away.fetch_sub(1);
        return;
    }
    AnyStream stream{make_plain_transport(std::move(socket))};
    asio::co_spawn(stream.get_executor(), linger(stream, 500ms),
                   [self = shared_from_this()](std::exception_ptr) { self->being_turned_away.fetch_sub(1); });
}

void Server::Impl::leave(HttpSession* session) {
    std::lock_guard const lock{mutex};
    sessions.erase(session);
    open.store(sessions.size());
    if (sessions.empty()) changed.notify_all();
}

void Server::Impl::stop_accepting() {
    asio::post(acceptor.get_executor(), [self = shared_from_this()] {
        ErrorCode ignored;
        self->acceptor.close(ignored);
        self->admission.stop();
    });
    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return !accepting; });
}

void Server::Impl::for_each_session(void (HttpSession::*act)()) {
    std::lock_guard const lock{mutex};
    for (auto* const session : sessions)
        if (auto alive = session->weak_from_this().lock())
            asio::post(alive->executor(), [alive, act] { (alive.get()->*act)(); });
}

Server::Server(IoThreads& threads, Application& application, ListenOptions options)
    : impl_{std::make_shared<Impl>(threads, application, std::move(options))} {}

Server::~Server() {
    stop(0ms);
}

unsigned short Server::port() const noexcept {
    return impl_->port;
}

void Server::start() {
    {
        std::lock_guard const lock{impl_->mutex};
        if (impl_->accepting || impl_->stopping) return;
        impl_->accepting = true;
    }
    asio::co_spawn(impl_->acceptor.get_executor(), impl_->accept_until_stopped(), asio::detached);
}

void Server::stop(std::chrono::milliseconds grace) {
    {
        std::lock_guard const lock{impl_->mutex};
        if (std::exchange(impl_->stopping, true)) return;
    }
    impl_->stop_accepting();
    if (!impl_->options.unix_path.empty()) ::unlink(impl_->options.unix_path.c_str());
    impl_->for_each_session(&HttpSession::shut_down);
    std::unique_lock lock{impl_->mutex};
    auto const nobody_left = [this] { return impl_->sessions.empty(); };
    if (impl_->changed.wait_for(lock, grace, nobody_left)) return;
    lock.unlock();
    impl_->for_each_session(&HttpSession::cut);
    lock.lock();
    impl_->changed.wait(lock, nobody_left);
}

std::size_t Server::connections() const noexcept {
    return impl_->open.load();
}

std::size_t Server::strangers() const noexcept {
    return impl_->admission.strangers();
}

}  // namespace samtal::net
