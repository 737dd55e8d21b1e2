#pragma once

#include "any_stream.hpp"
#include "liveness.hpp"
#include "samtal/net/socket.hpp"

#include <boost/container/static_vector.hpp>

#include <boost/asio/error.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace samtal::net {

/// A few text frames that go out together.
using FrameBatch = boost::container::static_vector<SharedText, most_buffers / 2>;

/// How frames end that may not be written any more.
constexpr auto silenced = boost::asio::error::shut_down;

/// A transport on which frames of our own take turns with what Beast writes on it (handshake, ping, pong, close):
/// many frames in one system call, and nothing ever stands inside a frame. Used on its executor, but for
/// drop_frames().
class FrameTransport final : public Transport, public std::enable_shared_from_this<FrameTransport> {
public:
    /// `may_speak` is asked each time before bytes of frames go to `inner`, on any thread.
    FrameTransport(std::shared_ptr<Transport> inner, std::function<bool()> may_speak)
        : inner_{std::move(inner)}, may_speak_{std::move(may_speak)} {}

    /// As a server's text frames of RFC 6455. One batch at a time; `done` when all are written or dropped. Fails
    /// with `silenced` when they may not be: between two frames, or inside one, and then the connection is closed.
    void write_frames(FrameBatch, CompletionPtr done);
    /// No frame is begun any more once this returned. Any thread. A close frame of Beast's does the same: nothing
    /// may follow it.
    void drop_frames();
    [[nodiscard]] Traffic traffic() noexcept;

    boost::asio::any_io_executor executor() override { return inner_->executor(); }
    void handshake(CompletionPtr done) override { inner_->handshake(std::move(done)); }
    void read(ReadBuffers const& to, CompletionPtr done) override {
        ++reads_;
        inner_->read(to, std::move(done));
    }
    /// Completes when all of it is written.
    void write(WriteBuffers const&, CompletionPtr done) override;
    void shut_down(CompletionPtr done) override { inner_->shut_down(std::move(done)); }
    void read_leftovers(boost::asio::mutable_buffer to, CompletionPtr done) override {
        inner_->read_leftovers(to, std::move(done));
    }
    Backlog backlog() noexcept override { return inner_->backlog(); }
    void cancel() noexcept override { inner_->cancel(); }
    void close() noexcept override { inner_->close(); }

private:
    class Step;
    /// Bytes on their way, and whom to tell.
    struct Writing {
        WriteBuffers rest;
        CompletionPtr done;
        std::size_t written = 0;
    };
    struct Frames {
        struct Head {
            std::array<std::uint8_t, 10> bytes;
            std::uint8_t size;
        };
        FrameBatch texts;
        std::array<Head, most_buffers / 2> heads;
        Writing bytes;
    };

    void go_on();
    std::optional<ErrorCode> begin_frames();
    void begin(Writing const&);
    void stepped(ErrorCode, std::size_t);
    static void finish(Writing, ErrorCode);

    std::shared_ptr<Transport> inner_;
    std::function<bool()> const may_speak_;
    std::unique_ptr<Writing> control_;  // Beast's
    std::unique_ptr<Frames> frames_;
    std::int64_t written_ = 0;  // bytes
    std::uint32_t reads_ = 0;
    Writing* under_way_ = nullptr;  // the one of these two whose step the inner transport does
    std::mutex mutex_;              // over dropping_, and over the moment at which a frame begins
    bool dropping_ = false;
};

}  // namespace samtal::net
