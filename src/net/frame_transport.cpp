#include "frame_transport.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace samtal::net {

namespace {

constexpr std::uint8_t final_text = 0x81;  // FIN and the opcode
constexpr std::uint8_t final_close = 0x88;

std::uint8_t put_head(std::size_t size, std::array<std::uint8_t, 10>& head) {
    head[0] = final_text;
    unsigned const length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    head[1] = static_cast<std::uint8_t>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (unsigned i = 0; i < length_bytes; ++i)
        head[2 + i] = static_cast<std::uint8_t>(size >> (8 * (length_bytes - 1 - i)));
    return static_cast<std::uint8_t>(2 + length_bytes);
}

/// Takes `n` bytes off the front.
void consume(WriteBuffers& buffers, std::size_t n) {
    auto first = buffers.begin();
    while (first != buffers.end() && n >= first->size()) n -= first++->size();
    if (first != buffers.end()) *first += n;
    buffers.erase(buffers.begin(), first);
}

}  // namespace

class FrameTransport::Step final : public Completion {
public:
    explicit Step(std::shared_ptr<FrameTransport> to) : to_{std::move(to)} {}
    void call(ErrorCode failed, std::size_t n) override { to_->stepped(failed, n); }

private:
    std::shared_ptr<FrameTransport> to_;
};

void FrameTransport::write(WriteBuffers const& from, CompletionPtr done) {
    if (!from.empty() && from.front().size() > 0 &&
        *static_cast<std::uint8_t const*>(from.front().data()) == final_close)
        drop_frames();
    control_ = std::make_unique<Writing>(Writing{from, std::move(done)});
    if (under_way_ == nullptr) go_on();
}

void FrameTransport::write_frames(FrameBatch texts, CompletionPtr done) {
    frames_ = std::make_unique<Frames>();
    frames_->texts = std::move(texts);
    frames_->bytes.done = std::move(done);
    for (std::size_t i = 0; i < frames_->texts.size(); ++i) {
        auto& head = frames_->heads[i];
        head.size = put_head(frames_->texts[i]->size(), head.bytes);
        frames_->bytes.rest.push_back({head.bytes.data(), head.size});
        frames_->bytes.rest.push_back(boost::asio::buffer(*frames_->texts[i]));
    }
    if (under_way_ == nullptr) go_on();
}

void FrameTransport::drop_frames() {
    std::lock_guard const lock{mutex_};
    dropping_ = true;
}

Traffic FrameTransport::traffic() noexcept {
    auto const [unread, untaken] = inner_->backlog();
    return {reads_, unread, written_ - static_cast<std::int64_t>(untaken), untaken};
}

/// What has begun is finished first, then Beast's, which is short and may be waited for.
void FrameTransport::go_on() {
    bool const inside_control = control_ && control_->written > 0;
    bool const inside_frames = frames_ && frames_->bytes.written > 0;
    if (inside_control || (control_ && !inside_frames)) return begin(*control_);
    if (!frames_) return;
    auto const result = begin_frames();
    if (!result) return;
    // Told later: the caller of write_frames() may hold what its completion locks.
    boost::asio::post(executor(), [over = std::move(*std::exchange(frames_, nullptr)), result]() mutable {
        finish(std::move(over.bytes), *result);
    });
    if (control_) begin(*control_);
}

/// How it ended, if it is not begun.
std::optional<ErrorCode> FrameTransport::begin_frames() {
    std::lock_guard const lock{mutex_};
    auto& rest = frames_->bytes.rest;
    // Heads and texts alternate, so an odd number of buffers, or a head cut short, is a frame half written.
    bool const in_text = rest.size() % 2 == 1;
    auto const at = frames_->texts.size() - (rest.size() + 1) / 2;
    bool const in_head = !in_text && rest.front().size() < frames_->heads[at].size;
    if (!may_speak_()) {
        if (in_text || in_head) inner_->close();  // who may not finish it may not say why either
        return silenced;
    }
    if (dropping_) rest.resize(in_text ? 1 : in_head ? 2 : 0);
    if (rest.empty()) return ErrorCode{};
    begin(frames_->bytes);
    return std::nullopt;
}

void FrameTransport::begin(Writing const& what) {
    under_way_ = control_ && &what == control_.get() ? control_.get() : &frames_->bytes;
    inner_->write(what.rest, std::make_unique<Step>(shared_from_this()));
}

void FrameTransport::stepped(ErrorCode failed, std::size_t n) {
    Writing& now = *std::exchange(under_way_, nullptr);
    consume(now.rest, n);
    now.written += n;
    written_ += static_cast<std::int64_t>(n);
    if (failed || now.rest.empty()) {
        bool const was_control = control_.get() == &now;
        Writing over = std::move(now);
        if (was_control)
            control_.reset();
        else
            frames_.reset();
        finish(std::move(over), failed);
    }
    if (under_way_ == nullptr) go_on();
}

/// May begin the next write from within.
void FrameTransport::finish(Writing what, ErrorCode result) {
    what.done->call(result, what.written);
}

}  // namespace samtal::net
