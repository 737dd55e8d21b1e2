#include "net/frame_transport.hpp"

#include <gtest/gtest.h>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>

namespace samtal::net::testing {
namespace {

namespace asio = boost::asio;

/// Takes a few bytes of each write, as a socket whose client reads slowly does.
class Drip final : public Transport {
public:
    Drip(asio::io_context& loop, std::size_t bytes) : loop_{loop}, bytes_{bytes} {}

    asio::any_io_executor executor() override { return loop_.get_executor(); }
    void handshake(CompletionPtr) override {}
    void read(ReadBuffers const&, CompletionPtr) override {}
    void write(WriteBuffers const& from, CompletionPtr done) override {
        ++calls;
        std::size_t const n = std::min(bytes_, asio::buffer_size(from));
        auto const begin = asio::buffers_begin(from);
        written.append(begin, begin + static_cast<std::ptrdiff_t>(n));
        if (after) after();
        ErrorCode const result = closed ? ErrorCode{asio::error::bad_descriptor} : ErrorCode{};
        asio::post(loop_, [result, n, d = std::move(done)] { d->call(result, n); });
    }
    void shut_down(CompletionPtr) override {}
    void read_leftovers(asio::mutable_buffer, CompletionPtr) override {}
    Backlog backlog() noexcept override { return {}; }
    void cancel() noexcept override {}
    void close() noexcept override { closed = true; }

    std::string written;
    unsigned calls = 0;
    bool closed = false;
    std::function<void()> after;

private:
    asio::io_context& loop_;
    std::size_t bytes_;
};

class Done final : public Completion {
public:
    Done(unsigned& count, ErrorCode& result) : count_{count}, result_{result} {}
    void call(ErrorCode result, std::size_t) override {
        ++count_;
        result_ = result;
    }

private:
    unsigned& count_;
    ErrorCode& result_;
};

class FrameTransportTest : public ::testing::Test {
protected:
    std::shared_ptr<FrameTransport> over(std::size_t bytes) {
        inner = std::make_shared<Drip>(loop, bytes);
        return std::make_shared<FrameTransport>(inner, [this] { return may_speak; });
    }
    static FrameBatch texts(std::initializer_list<std::string> all) {
        FrameBatch batch;
        for (auto const& one : all) batch.push_back(std::make_shared<std::string const>(one));
        return batch;
    }
    static std::string framed(std::string const& text) {
        return "\x81" + std::string(1, static_cast<char>(text.size())) + text;
    }
    CompletionPtr counted() { return std::make_unique<Done>(done, result); }

    asio::io_context loop;
    std::shared_ptr<Drip> inner;
    bool may_speak = true;
    unsigned done = 0;
    ErrorCode result;
};

TEST_F(FrameTransportTest, WritesManyFramesInOneCall) {
    auto const frames = over(1'000);
    frames->write_frames(texts({"one", "two", "three"}), counted());
    loop.run();
    EXPECT_EQ(inner->written, framed("one") + framed("two") + framed("three"));
    EXPECT_EQ(inner->calls, 1U);
    EXPECT_EQ(done, 1U);
}

TEST_F(FrameTransportTest, SaysTheLengthInTwoFourOrTenBytes) {
    for (auto const& [size, head] : {std::pair{125, std::string{"\x81\x7d", 2}},
                                     {126, std::string{"\x81\x7e\x00\x7e", 4}},
                                     {65'535, std::string{"\x81\x7e\xff\xff", 4}},
                                     {65'536, std::string{"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10}}}) {
        std::string const text(static_cast<std::size_t>(size), 'x');
        over(1'000'000)->write_frames(texts({text}), counted());
        EXPECT_EQ(inner->written, head + text) << size;
    }
}

// At every number of bytes that a call may take, and with the control frame at every place.
TEST_F(FrameTransportTest, PutsNothingIntoAFrame) {
    std::string const ping{"\x89\x02hi"};
    for (std::size_t bytes = 1; bytes <= 12; ++bytes) {
        for (unsigned at = 1; at <= 12; ++at) {
            auto const frames = over(bytes);
            inner->after = [&, drip = inner.get()] {
                if (drip->calls == at)
                    asio::post(loop, [&] { frames->write(WriteBuffers(1, asio::buffer(ping)), counted()); });
            };
            frames->write_frames(texts({"one", "two"}), counted());
            loop.run();
            loop.restart();
            std::string rest = inner->written;
            for (auto const& part : {ping, framed("one"), framed("two")})
                if (auto const place = rest.find(part); place != std::string::npos) rest.erase(place, part.size());
            EXPECT_EQ(rest, "") << bytes << " bytes a call, ping at " << at;
        }
    }
}

TEST_F(FrameTransportTest, FinishesTheFrameThatHasBegunAndDropsTheRest) {
    for (std::size_t bytes = 1; bytes <= 5; ++bytes) {
        done = 0;
        auto const frames = over(bytes);
        inner->after = [&] { asio::post(loop, [&] { frames->drop_frames(); }); };
        frames->write_frames(texts({"one", "two", "three"}), counted());
        loop.run();
        loop.restart();
        EXPECT_EQ(inner->written, framed("one")) << bytes;
        EXPECT_EQ(done, 1U);
    }
}

TEST_F(FrameTransportTest, G1_WritesNothingWhileItMayNotSpeakButControlFrames) {
    std::string const close{"\x88\x02\x03\xe9"};
    auto const frames = over(1'000);
    may_speak = false;
    frames->write_frames(texts({"secret"}), counted());
    EXPECT_EQ(done, 0U) << "told from within the call, where its caller may hold a lock";
    loop.run();
    loop.restart();
    EXPECT_EQ(result, silenced);
    EXPECT_FALSE(inner->closed);
    frames->write(WriteBuffers(1, asio::buffer(close)), counted());
    loop.run();
    EXPECT_EQ(inner->written, close);
}

// At every number of bytes that a call may take: a slow client gets no more of what it was to get.
TEST_F(FrameTransportTest, G1_GoesOnWithNothingOnceItMayNotSpeak) {
    auto const all = framed("one") + framed("two");
    for (std::size_t bytes = 1; bytes < all.size(); ++bytes) {
        may_speak = true;
        auto const frames = over(bytes);
        inner->after = [this] { may_speak = false; };
        frames->write_frames(texts({"one", "two"}), counted());
        loop.run();
        loop.restart();
        EXPECT_EQ(inner->written, all.substr(0, bytes));
        EXPECT_EQ(result, silenced);
        EXPECT_EQ(inner->closed, bytes != framed("one").size()) << "inside a frame nobody can be told why";
    }
}

TEST_F(FrameTransportTest, LetsNothingFollowACloseFrame) {
    std::string const close{"\x88\x02\x03\xe8"};
    auto const frames = over(1'000);
    frames->write(WriteBuffers(1, asio::buffer(close)), counted());
    loop.run();
    loop.restart();
    frames->write_frames(texts({"late"}), counted());
    EXPECT_EQ(done, 1U) << "told from within the call, where its caller may hold a lock";
    loop.run();
    EXPECT_EQ(inner->written, close);
    EXPECT_EQ(done, 2U);
}

}  // namespace
}  // namespace samtal::net::testing
