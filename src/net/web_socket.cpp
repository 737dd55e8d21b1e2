#include "web_socket.hpp"

#include "as_result.hpp"
#include "beast_handshake.hpp"
#include "beast_stream.hpp"
#include "frame_transport.hpp"
#include "outgoing_frames.hpp"
#include "push_together.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace samtal::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

/// Where a message begins to be read: what an idle connection holds, and enough for most.
constexpr std::size_t most_first = 512;

class BeastWebSocket final : public WebSocket, public Writer, public std::enable_shared_from_this<BeastWebSocket> {
public:
    BeastWebSocket(AnyStream stream, Application const& application, Limits const& limits, Stranger stranger)
        : frames_{std::make_shared<FrameTransport>(stream.transport(),
                                                   [&application] { return application.may_speak(); })},
          stream_{AnyStream{frames_}},
          stranger_{std::move(stranger)},
          limits_{limits},
          changed_{executor(), asio::steady_timer::time_point::max()},
          alarm_{executor()},
          outgoing_{limits.outgoing_bytes} {
        stream_.set_option(
            websocket::stream_base::timeout{limits.handshake, websocket::stream_base::none(), false});
        stream_.read_message_max(limits.frame_bytes);
        stream_.auto_fragment(false);
        stream_.text(true);
    }

    Task<void> run(RequestHead handshake, std::shared_ptr<SocketHandler> handler) override;
    void push(SharedText) override;
    void close(CloseCode) override;
    void authenticated() override { stranger_.recognise(); }
    asio::any_io_executor executor() const override { return frames_->executor(); }
    Task<bool> drained() override;

private:
    void wake_writer_locked();
    void close_locked(std::optional<CloseCode>);
    void work() override;
    void write_next_locked();
    class Written;
    void written(ErrorCode);
    void look_later();
    void look();
    void ping();
    void say_goodbye(CloseCode);
    void hang_up();
    void tell_change() { changed_.cancel(); }
    Task<void> accept(RequestHead);
    Task<void> converse(std::shared_ptr<SocketHandler>);
    Task<void> wait_for_goodbye();

    // On the executor only.
    std::shared_ptr<FrameTransport> const frames_;  // under the stream
    BeastStream stream_;
    Stranger stranger_;
    Limits const& limits_;
    asio::steady_timer changed_;  // cancelled when something changed that somebody may wait for
    asio::steady_timer alarm_;    // for a look at the client, and in the end for what is left of its time
    Liveness liveness_;
    bool pinging_ = false;
    bool accepted_ = false;
    bool saying_goodbye_ = false;

    // From any thread, under the mutex.
    std::mutex mutex_;
    OutgoingFrames outgoing_;
    bool work_posted_ = false;
    bool closed_ = false;
    std::optional<CloseCode> goodbye_;  // why, if there is somebody to tell
};

void BeastWebSocket::push(SharedText frame) {
    std::lock_guard const lock{mutex_};
    if (closed_) return;
    if (!outgoing_.add(std::move(frame))) return close_locked(CloseCode::too_slow);
    if (!outgoing_.being_written()) wake_writer_locked();
}

void BeastWebSocket::close(CloseCode why) {
    std::lock_guard const lock{mutex_};
    close_locked(why);
}

void BeastWebSocket::close_locked(std::optional<CloseCode> why) {
    if (closed_) return;
    closed_ = true;
    goodbye_ = why;
    outgoing_.drop();
    frames_->drop_frames();
    wake_writer_locked();
}

/// One hop to the executor for however many frames and a close. Never inline: the caller may hold locks.
void BeastWebSocket::wake_writer_locked() {
    if (std::exchange(work_posted_, true)) return;
    wake(shared_from_this(), executor());
}

void BeastWebSocket::work() {
    std::optional<CloseCode> goodbye;
    {
        std::lock_guard const lock{mutex_};
        work_posted_ = false;
        if (!accepted_) return;  // run() looks again when the handshake is done
        if (!closed_) return write_next_locked();
        goodbye = std::exchange(goodbye_, std::nullopt);
    }
    tell_change();
    if (goodbye) say_goodbye(*goodbye);
}

class BeastWebSocket::Written final : public Completion {
public:
    explicit Written(std::shared_ptr<BeastWebSocket> socket) : socket_{std::move(socket)} {}
    void call(ErrorCode failed, std::size_t) override { socket_->written(failed); }

private:
    std::shared_ptr<BeastWebSocket> socket_;
};

/// Begins the write under the lock, so that close() finds it either begun or never to come.
void BeastWebSocket::write_next_locked() {
    if (outgoing_.being_written() || outgoing_.empty()) return;
    frames_->write_frames(outgoing_.take(), std::make_unique<Written>(shared_from_this()));
}

void BeastWebSocket::written(ErrorCode failed) {
    bool room = false;
    {
        std::lock_guard const lock{mutex_};
        outgoing_.written();
        room = outgoing_.half_empty();
        if (failed == silenced)
            close_locked(CloseCode::going_away);
        else if (failed)
            close_locked(std::nullopt);
        else if (!closed_)
            write_next_locked();
    }
    if (failed && failed != silenced) hang_up();
    if (room) tell_change();
}

void BeastWebSocket::look_later() {
    alarm_.expires_after(limits_.socket_idle / Liveness::looks);
    alarm_.async_wait([self = shared_from_this()](ErrorCode stopped) {
        if (!stopped) self->look();
    });
}

/// In place of Beast's own timer, which knows nothing but what it reads: it ended clients that took a long answer
/// slowly, and whose pongs stood unread meanwhile.
void BeastWebSocket::look() {
    {
        std::lock_guard const lock{mutex_};
        if (closed_) return;
    }
    auto const verdict = liveness_.look(frames_->traffic());
    if (verdict == Liveness::Verdict::ask) ping();
    if (verdict != Liveness::Verdict::gone) return look_later();
    {
        std::lock_guard const lock{mutex_};
        close_locked(std::nullopt);
    }
    hang_up();
}

void BeastWebSocket::ping() {
    if (std::exchange(pinging_, true)) return;
    stream_.async_ping({}, [self = weak_from_this()](ErrorCode) {
        if (auto const alive = self.lock()) alive->pinging_ = false;
    });
}

void BeastWebSocket::say_goodbye(CloseCode why) {
    saying_goodbye_ = true;
    // The close frame stands behind a write that a client who does not read never lets finish.
    alarm_.expires_after(limits_.close_grace);
    alarm_.async_wait([self = shared_from_this()](ErrorCode stopped) {
        if (!stopped) self->hang_up();
    });
    stream_.async_close(static_cast<websocket::close_code>(why), [self = shared_from_this()](ErrorCode) {
        self->saying_goodbye_ = false;
        self->alarm_.cancel();
        self->hang_up();
        self->tell_change();
    });
}

void BeastWebSocket::hang_up() {
    stream_.next_layer().close();
}

Task<bool> BeastWebSocket::drained() {
    auto const self = shared_from_this();
    for (;;) {
        {
            std::lock_guard const lock{mutex_};
            if (closed_) co_return false;
            if (outgoing_.half_empty()) co_return true;
        }
        co_await changed_.async_wait(as_result);
    }
}

Task<void> BeastWebSocket::run(RequestHead handshake, std::shared_ptr<SocketHandler> handler) {
    auto const self = shared_from_this();
    co_await accept(std::move(handshake));
    try {
        if (accepted_) co_await converse(handler);
    } catch (...) {
        // A handler that broke its promise not to throw: this connection ends as if it had been cut.
    }
    {
        std::lock_guard const lock{mutex_};
        close_locked(std::nullopt);
    }
    if (accepted_) {
        handler->closed();
        co_await wait_for_goodbye();
    }
    alarm_.cancel();
    stranger_.recognise();  // who holds this socket still may outlive the server
    hang_up();
}

Task<void> BeastWebSocket::accept(RequestHead handshake) {
    stream_.set_option(sub_protocol_answer(handshake.request));
    auto const upgrade = beast_request(handshake.request);
    auto const [failed] = co_await stream_.async_accept(upgrade, as_result);
    if (failed) co_return;
    accepted_ = true;
    look_later();
    work();  // a frame or a close may have come already
}

Task<void> BeastWebSocket::converse(std::shared_ptr<SocketHandler> handler) {
    co_await handler->opened(shared_from_this());
    for (;;) {
        std::array<char, most_first> first;
        auto const [ended, size] = co_await stream_.async_read_some(asio::buffer(first), as_result);
        if (ended) co_return;  // closed, timed out, too large or no UTF-8: Beast has told the client
        std::string text{first.data(), size};
        if (!stream_.is_message_done()) {
            // One byte more than the limit, so that it is the limit that is met (1009) and not a full buffer.
            auto rest = asio::dynamic_buffer(text, limits_.frame_bytes + 1);
            auto const [cut, more] = co_await stream_.async_read(rest, as_result);
            if (cut) co_return;
        }
        if (!stream_.got_text()) co_return close(CloseCode::binary);
        {
            std::lock_guard const lock{mutex_};
            if (closed_) co_return;
        }
        co_await handler->frame(std::move(text));
    }
}

/// A close() of ours is on its way to the client, or about to be: bounded by `close_grace`.
Task<void> BeastWebSocket::wait_for_goodbye() {
    for (;;) {
        {
            std::lock_guard const lock{mutex_};
            if (!goodbye_ && !saying_goodbye_) co_return;
        }
        co_await changed_.async_wait(as_result);
    }
}

}  // namespace

std::shared_ptr<WebSocket> make_web_socket(AnyStream stream, Application const& application, Limits const& limits,
                                           Stranger stranger) {
    return std::make_shared<BeastWebSocket>(std::move(stream), application, limits, std::move(stranger));
}

}  // namespace samtal::net
