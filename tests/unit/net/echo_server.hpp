#pragma once

#include "samtal/net/server.hpp"
#include "samtal/net/socket.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace samtal::net::testing {

/// Answers every frame with itself; "drain" only when the outgoing queue is half empty, "ponder" when it
/// is told to go on; and knows who says "it is me".
class EchoHandler : public SocketHandler, public std::enable_shared_from_this<EchoHandler> {
public:
    Task<void> opened(std::shared_ptr<Socket> socket) override {
        std::lock_guard const lock{mutex_};
        socket_ = std::move(socket);
        ++openings_;
        changed_.notify_all();
        co_return;
    }
    Task<void> frame(std::string text) override {
        auto const to = socket();
        {
            std::lock_guard const lock{mutex_};
            ++frames_;
            changed_.notify_all();
        }
        if (text == "drain") {
            bool const open = co_await to->drained();
            text = open ? "drained" : "closed";
        }
        if (text == "ponder") co_await ponder(to);
        if (text == "it is me") to->authenticated();
        to->push(std::make_shared<std::string const>(std::move(text)));
    }
    void closed() override {
        std::lock_guard const lock{mutex_};
        if (++closings_ == openings_) socket_ = nullptr;  // another connection's may have come meanwhile
        changed_.notify_all();
    }

    /// Blocks until there is one.
    std::shared_ptr<Socket> socket() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return socket_ != nullptr; });
        return socket_;
    }
    /// Lets what ponders be answered.
    void go_on() { pondered_ = true; }
    /// Blocks until a frame is being handled, or was.
    void wait_for_frame() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return frames_ > 0; });
    }
    /// Blocks until the handler was told of the end, and says how often it was.
    int closings() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return closings_ > 0; });
        return closings_;
    }

private:
    Task<void> ponder(std::shared_ptr<Socket> socket) {
        boost::asio::steady_timer wait{socket->executor()};
        while (!pondered_) {
            wait.expires_after(std::chrono::milliseconds{5});
            co_await wait.async_wait(boost::asio::use_awaitable);
        }
    }

    std::atomic<bool> pondered_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::shared_ptr<Socket> socket_;
    int frames_ = 0;
    int openings_ = 0;
    int closings_ = 0;
};

/// A body in pieces of a hundred thousand letters, of which some may be missing; "throw" after the first.
class Letters : public BodySource {
public:
    static constexpr std::size_t piece_bytes = 100'000;

    Letters(int promised, int given, bool throws = false)
        : promised_{static_cast<std::size_t>(promised)}, given_{given}, throws_{throws} {}
    std::uint64_t size() const noexcept override { return promised_ * piece_bytes; }
    Task<std::string> next() override {
        if (throws_ && sent_ > 0) throw std::runtime_error{"the source ran dry"};
        if (sent_ == given_) co_return std::string{};
        co_return std::string(piece_bytes, static_cast<char>('a' + sent_++ % 26));
    }

private:
    std::size_t promised_;
    int given_;
    bool throws_;
    int sent_ = 0;
};

class EchoApplication : public Application {
public:
    static constexpr std::size_t largest_body = 1000;

    std::size_t body_limit(Request const& head) const override {
        return head.path == "/known" ? 2 * unasked_body : largest_body;
    }
    Task<std::optional<Response>> refuse_unread(Request const& head) override {
        if (head.has("authorization")) co_return std::nullopt;
        Response refusal;
        refusal.status = 401;
        co_return refusal;
    }

    Task<Response> handle(Request request) override {
        Response response;
        response.content_type = "text/plain";
        if (request.path == "/slow") {
            entered(request.path);
            boost::asio::steady_timer wait{co_await boost::asio::this_coro::executor,
                                           std::chrono::milliseconds{200}};
            co_await wait.async_wait(boost::asio::use_awaitable);
            response.body = "slow";
        } else if (request.path == "/large") {
            response.body = std::string(8 * 1024 * 1024, 'x');
        } else if (request.path == "/pieces") {
            response.source = std::make_shared<Letters>(80, 80);
        } else if (request.path == "/too-few") {
            response.source = std::make_shared<Letters>(3, 2);
        } else if (request.path == "/broken") {
            response.source = std::make_shared<Letters>(3, 3, true);
        } else if (request.path == "/none") {
            response.status = 204;
        } else if (request.path == "/inject") {
            response.headers.push_back({"X-Safe", "yes"});
            response.headers.push_back({"X-Bad", "a\r\nSet-Cookie: b=c"});
        } else if (request.path == "/throw") {
            throw std::runtime_error{"a promise is broken"};
        } else {
            response.body = request.path + "|" + request.body + "|" + request.peer;
        }
        co_return response;
    }

    Response refuse(int status) const override {
        return {.status = status, .content_type = "application/problem+json", .body = "{}", .headers = {}};
    }

    bool may_speak() const noexcept override { return speaks.load(); }

    Task<Upgrade> upgrade(Request head) override {
        Upgrade answer;
        if (head.path == "/ws") answer.handler = handler;
        if (head.path == "/forbidden") answer.refusal.status = 403;
        co_return answer;
    }

    /// Blocks until a request for the path is being handled.
    void wait_for(std::string const& path) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return last_entered_ == path; });
    }

    std::atomic<bool> speaks = true;
    std::shared_ptr<EchoHandler> const handler = std::make_shared<EchoHandler>();

private:
    void entered(std::string path) {
        std::lock_guard const lock{mutex_};
        last_entered_ = std::move(path);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string last_entered_;
};

/// A server on loopback for one test.
struct EchoServer {
    explicit EchoServer(ListenOptions options = {}) : server{threads, application, std::move(options)} {
        server.start();
    }
    ~EchoServer() { server.stop(std::chrono::seconds{5}); }

    EchoApplication application;
    IoThreads threads{2};
    Server server;
};

inline ListenOptions with_limits(Limits limits) {
    ListenOptions options;
    options.limits = limits;
    return options;
}

}  // namespace samtal::net::testing
