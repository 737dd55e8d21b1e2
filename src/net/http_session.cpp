#include "http_session.hpp"

#include "as_result.hpp"
#include "chunk_decoder.hpp"
#include "response_head.hpp"
#include "web_socket.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace samtal::net {

namespace asio = boost::asio;
using Then = Deadline::Then;

namespace {

constexpr std::chrono::milliseconds longest_linger{2'000};
constexpr std::chrono::milliseconds close_notify_time{250};

std::chrono::milliseconds shortest(Limits const& l) {
    return std::min({l.handshake, l.header, l.body, l.idle, l.write});
}

}  // namespace

HttpSession::HttpSession(AnyStream stream, Application& application, Limits const& limits, Client client)
    : stream_{std::move(stream)},
      application_{application},
      limits_{limits},
      client_{std::move(client)},
      deadline_{stream_, shortest(limits)},
      in_{limits.header_bytes} {}

Task<void> HttpSession::run() {
    auto const self = shared_from_this();
    try {
        co_await serve();
    } catch (...) {
        // Out of memory, or an application that broke its promise not to throw: this connection ends, no other.
    }
    client_.stranger.recognise();
    deadline_.stop();
    stream_.close();
}

Task<void> HttpSession::serve() {
    deadline_.set(limits_.handshake, Then::cancel);
    auto const [failed, unused] = co_await stream_.async_handshake(as_result);
    if (failed || stopping_) co_return;
    while (co_await serve_one()) continue;
    deadline_.stop();
    if (answered_last_)
        co_await linger(stream_, std::min(limits_.close_grace, longest_linger));
    else if (client_.secure)
        co_await linger(stream_, close_notify_time);
}

Task<bool> HttpSession::serve_one() {
    int status = co_await read_head();
    if (status == proceed && head_.websocket) co_return co_await upgrade();
    if (status == proceed && head_.framing != Framing::none) {
        if (auto refusal = co_await refuse_unread()) co_return co_await respond(*std::move(refusal), false);
        status = co_await read_body();
    }
    if (status == gone) co_return false;
    if (status != proceed) co_return co_await refuse(status);
    co_return co_await answer();
}

Task<int> HttpSession::read_head() {
    std::size_t scanned = 0;
    bool begun = false;
    for (;;) {
        auto const found = find_head_end(in_.bytes(), scanned);
        if (found.malformed) co_return 400;
        if (found.end > 0) {
            auto const refused = parse_head(in_.bytes().substr(0, found.end), head_);
            in_.consume(found.end);
            if (refused) co_return refused->status;
            first_ = false;
            head_.request.peer = client_.address;
            head_.request.secure = client_.secure;
            co_return proceed;
        }
        if (in_.full()) co_return 431;
        idle_ = in_.empty();
        if (idle_) {
            if (stopping_) co_return gone;
            in_.shrink();
            if (!first_) deadline_.set(limits_.idle, Then::cancel);
        } else if (!std::exchange(begun, true)) {
            // The first request has no time of its own: TLS and its head together have `handshake`.
            if (!first_) deadline_.set(limits_.header, Then::cancel);
        }
        bool const more = co_await fill();
        bool const was_idle = std::exchange(idle_, false);
        if (!more) co_return was_idle ? gone : why_no_more();
    }
}

Task<std::optional<Response>> HttpSession::refuse_unread() {
    std::size_t const limit = application_.body_limit(head_.request);
    std::uint64_t const size = head_.framing == Framing::chunked ? limit : head_.content_length;
    if (size > limit || size <= Application::unasked_body) co_return std::nullopt;
    deadline_.rest();
    co_return co_await application_.refuse_unread(head_.request);
}

Task<int> HttpSession::read_body() {
    auto const limit = application_.body_limit(head_.request);
    if (head_.content_length > limit) co_return 413;
    if (head_.framing == Framing::content_length && head_.content_length == 0) co_return proceed;
    deadline_.set(limits_.body, Then::cancel);
    bool const waits = head_.expect_continue && in_.empty();
    if (waits && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return gone;
    if (head_.framing == Framing::content_length) co_return co_await read_counted_body();
    co_return co_await read_chunked_body(limit);
}

Task<int> HttpSession::read_counted_body() {
    auto& body = head_.request.body;
    auto const size = static_cast<std::size_t>(head_.content_length);
    // Room for what has come, not for what is promised: a promise costs its maker nothing.
    for (;;) {
        auto const part = in_.bytes().substr(0, size - body.size());
        body.append(part);
        in_.consume(part.size());
        if (body.size() == size) co_return proceed;
        if (!co_await fill()) co_return why_no_more();
    }
}

Task<int> HttpSession::read_chunked_body(std::size_t limit) {
    using State = ChunkDecoder::State;
    ChunkDecoder decoder{limit};
    for (;;) {
        in_.consume(decoder.feed(in_.bytes(), head_.request.body));
        if (decoder.state() == State::done) co_return proceed;
        if (decoder.state() == State::malformed) co_return 400;
        if (decoder.state() == State::too_large) co_return 413;
        if (!co_await fill()) co_return why_no_more();
    }
}

Task<bool> HttpSession::upgrade() {
    if (auto const refused = check_websocket_handshake(head_)) co_return co_await refuse(refused->status);
    if (!in_.empty()) co_return co_await refuse(400);  // a client waits for the answer before it sends frames
    deadline_.rest();
    auto [handler, refusal] = co_await application_.upgrade(head_.request);
    if (stopping_) co_return co_await refuse(503);
    if (!handler) {
        // An untouched refusal: no WebSocket here, so the upgrade is ignored, as RFC 9110 allows.
        if (refusal.status == Response{}.status) co_return co_await answer();
        co_return co_await respond(std::move(refusal), head_.keep_alive);
    }
    deadline_.stop();
    in_.reset();
    out_ = {};
    auto const socket = make_web_socket(stream_, application_, limits_, std::move(client_.stranger));
    web_socket_ = socket;
    RequestHead handshake = std::exchange(head_, {});
    co_await socket->run(std::move(handshake), std::move(handler));
    stream_.close();
    co_return false;
}

Task<bool> HttpSession::answer() {
    deadline_.rest();
    bool const keep_alive = head_.keep_alive;
    Response response = co_await application_.handle(std::move(head_.request));
    client_.stranger.recognise();  // each request is counted against whoever sends it
    head_.request = {};
    co_return co_await respond(std::move(response), keep_alive);
}

Task<bool> HttpSession::refuse(int status) {
    Response response = application_.refuse(status);
    response.status = status;
    if (status == 426) response.headers.push_back({"Sec-WebSocket-Version", "13"});
    co_return co_await respond(std::move(response), false);
}

Task<bool> HttpSession::respond(Response response, bool keep_alive) {
    keep_alive = keep_alive && !stopping_;
    write_response_head(response, {.close = !keep_alive, .secure = client_.secure}, out_);
    bool const with_body = has_body(response.status) && !head_.answer_head;
    deadline_.set(limits_.write, Then::close);
    bool written = co_await write(out_, with_body ? std::string_view{response.body} : std::string_view{});
    if (written && with_body && response.source) written = co_await write_from(response.source);
    answered_last_ = written && !keep_alive;
    co_return written&& keep_alive;
}

/// The client has `write` for each piece: a large body may take long, a stalled one may not.
Task<bool> HttpSession::write_from(std::shared_ptr<BodySource> source) {
    for (std::uint64_t left = source->size(); left > 0;) {
        deadline_.rest();
        std::string const piece = co_await source->next();
        if (piece.empty() || piece.size() > left) co_return false;
        deadline_.set(limits_.write, Then::close);
        if (!co_await write(piece, {})) co_return false;
        left -= piece.size();
    }
    co_return true;
}

Task<bool> HttpSession::write(std::string_view first, std::string_view second) {
    while (!first.empty() || !second.empty()) {
        std::array const buffers{asio::buffer(first), asio::buffer(second)};
        auto const [failed, n] = co_await stream_.async_write_some(buffers, as_result);
        if (failed || deadline_.passed()) co_return false;
        auto const of_first = std::min(n, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(n - of_first);
    }
    co_return true;
}

Task<bool> HttpSession::fill() {
    auto const [ended, n] = co_await stream_.async_read_some(in_.space(), as_result);
    if (ended || deadline_.passed()) co_return false;
    in_.commit(n);
    co_return true;
}

int HttpSession::why_no_more() const noexcept {
    return deadline_.passed() ? 408 : gone;
}

void HttpSession::shut_down() {
    stopping_ = true;
    if (auto const socket = web_socket_.lock()) return socket->close(CloseCode::going_away);
    if (idle_ || first_) stream_.cancel();
}

void HttpSession::cut() {
    stopping_ = true;
    stream_.close();
}

}  // namespace samtal::net
