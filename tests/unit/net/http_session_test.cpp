#include "unit/net/echo_server.hpp"
#include "unit/net/raw_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

namespace samtal::net::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(HttpSession, AnswersRequestsOneAfterTheOther) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    for (std::string const path : {"/a", "/b"}) {
        auto const response = client.send(get(path)).response();
        EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n"));
        EXPECT_NE(response.find("\r\nX-Content-Type-Options: nosniff\r\n"), std::string::npos);
        EXPECT_EQ(response.find("Strict-Transport-Security"), std::string::npos);
        EXPECT_EQ(body_of(response), path + "||127.0.0.1");
    }
}

TEST(HttpSession, AnswersPipelinedRequestsInOrderHoweverTheyArrive) {
    EchoServer echo;
    auto const input = get("/1") + post("Content-Length: 3\r\n", "abc") +
                       post("Transfer-Encoding: chunked\r\n", "3\r\ndef\r\n0\r\n\r\n") + get("/4");
    for (std::size_t cut = 1; cut < input.size(); cut += 7) {
        RawClient client{echo.server.port()};
        client.send(input.substr(0, cut));
        std::this_thread::yield();
        client.send(input.substr(cut));
        for (std::string const body : {"/1||", "/echo|abc|", "/echo|def|", "/4||"})
            EXPECT_EQ(body_of(client.response()), body + "127.0.0.1") << cut;
    }
}

TEST(HttpSession, ServesManyPipelinedRequests) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    std::string input;
    for (int n = 0; n < 2000; ++n) input += get("/n" + std::to_string(n));
    auto sending = std::async(std::launch::async, [&] { client.send(input); });
    for (int n = 0; n < 2000; ++n)
        ASSERT_TRUE(body_of(client.response()).starts_with("/n" + std::to_string(n) + "|"));
    sending.get();
}

TEST(HttpSession, RefusesBadFramingAndCloses) {
    EchoServer echo;
    std::vector<std::pair<std::string, int>> const inputs{
        {"GET / HTTP/1.1\n\n", 400},
        {"nonsense\r\n\r\n", 400},
        {"\x16\x03\x01\x02", 400},
        {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
        {post("Transfer-Encoding: gzip\r\n", ""), 501},
        {post("Transfer-Encoding: chunked\r\n", "1;x=y\r\na\r\n"), 400},
        {post("Transfer-Encoding: chunked\r\n", "0\r\nAuthorization: Bearer x\r\n\r\n"), 400},
        {get("/" + std::string(20'000, 'a')), 431},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a'), 431}};
    for (auto const& [input, status] : inputs) {
        RawClient client{echo.server.port()};
        auto const response = client.send(input + get("/smuggled")).response();
        EXPECT_EQ(response.substr(9, 3), std::to_string(status)) << input.substr(0, 80);
        EXPECT_NE(response.find("\r\nConnection: close\r\n"), std::string::npos);
        EXPECT_TRUE(client.ends()) << input.substr(0, 80);
    }
}

TEST(HttpSession, RefusesLargeBodiesBeforeReadingThem) {
    EchoServer echo;
    for (std::string const headers : {"Content-Length: 1001\r\n", "Content-Length: 999999999999\r\n",
                                      "Content-Length: 1001\r\nExpect: 100-continue\r\n"}) {
        RawClient client{echo.server.port()};
        EXPECT_EQ(client.send(post(headers, "")).status(), 413);
        EXPECT_TRUE(client.ends());
    }
    RawClient chunked{echo.server.port()};
    EXPECT_EQ(chunked.send(post("Transfer-Encoding: chunked\r\n", "3e9\r\n")).status(), 413);
    RawClient fits{echo.server.port()};
    EXPECT_EQ(fits.send(post("Content-Length: 1000\r\n", std::string(1000, 'b'))).status(), 200);
}

TEST(HttpSession, ReadsMuchOnlyOfWhomTheApplicationKnows) {
    EchoServer echo;
    std::string const line = "POST /known HTTP/1.1\r\nHost: localhost\r\n";
    for (std::string const framing : {"Content-Length: 300000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"}) {
        RawClient stranger{echo.server.port()};
        EXPECT_EQ(stranger.send(line + framing).status(), 401);
        EXPECT_TRUE(stranger.ends());
    }
    RawClient little{echo.server.port()};
    EXPECT_EQ(little.send(line + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'b')).status(), 200);
    RawClient known{echo.server.port()};
    known.send(line + "Authorization: x\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'b'));
    EXPECT_EQ(known.status(), 200);
}

TEST(HttpSession, LetsAClientReadItsRefusalThoughItStillSends) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    client.send(post("Content-Length: 4000000\r\n", std::string(4'000'000, 'x')));
    EXPECT_EQ(client.status(), 413);
}

TEST(HttpSession, AsksForTheBodyWhereTheClientWaits) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    client.send(post("Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
    EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(body_of(client.send("ok").response()), "/echo|ok|127.0.0.1");
}

// Clients such as Python's send their whole request before they read: cut off meanwhile, they never see the
// answer.
TEST(HttpSession, LetsAClientFinishTheBodyThatItRefuses) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    client.send(post("Content-Length: 8000000\r\n", std::string(8'000'000, 'x')));
    EXPECT_FALSE(client.cut_off());
    EXPECT_EQ(client.status(), 413);
    EXPECT_TRUE(client.ends());
}

TEST(HttpSession, SendsNoBodyWhereThereIsNone) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    auto const none = client.send(get("/none")).response();
    EXPECT_EQ(none.find("\r\nContent-"), std::string::npos);
    client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client.finish_sending();
    std::string head;
    for (std::string part = client.response(); !part.empty(); part = client.response()) head += part;
    EXPECT_NE(head.find("Content-Length: 15\r\n"), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(HttpSession, LeavesOutHeadersThatWouldSplitTheResponse) {
    EchoServer echo;
    auto const response = RawClient{echo.server.port()}.send(get("/inject")).response();
    EXPECT_NE(response.find("X-Safe: yes"), std::string::npos);
    EXPECT_EQ(response.find("Set-Cookie"), std::string::npos);
}

TEST(HttpSession, ClosesWhenTheClientAsksAndAfterHttp10) {
    EchoServer echo;
    for (std::string const request :
         {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}) {
        RawClient client{echo.server.port()};
        EXPECT_EQ(client.send(request + get("/more")).status(), 200);
        EXPECT_TRUE(client.ends());
    }
}

TEST(HttpSession, OutlivesAnApplicationThatThrows) {
    EchoServer echo;
    RawClient unlucky{echo.server.port()};
    EXPECT_EQ(unlucky.send(get("/throw")).status(), 0);
    EXPECT_EQ(RawClient{echo.server.port()}.send(get("/")).status(), 200);
}

TEST(HttpSession, EndsIdleConnectionsSilently) {
    EchoServer echo{with_limits({.handshake = 100ms, .idle = 100ms})};
    RawClient never_asks{echo.server.port()};
    EXPECT_TRUE(never_asks.ends());
    RawClient asks_once{echo.server.port()};
    EXPECT_EQ(asks_once.send(get("/")).status(), 200);
    EXPECT_TRUE(asks_once.ends());
}

TEST(HttpSession, GivesAHeadAndABodyOneTimeHoweverSlowlyTheyDrip) {
    EchoServer echo{with_limits({.handshake = 200ms, .header = 200ms, .body = 200ms})};
    for (std::string const& start :
         {get("/") + "GET / HT", std::string{"GET / HT"}, post("Content-Length: 900\r\n", "x")}) {
        RawClient client{echo.server.port()};
        client.send(start);
        if (start.starts_with("GET / HTTP")) EXPECT_EQ(client.status(), 200);
        auto const begin = Clock::now();
        auto answer = std::async(std::launch::async, [&] { return client.status(); });
        while (answer.wait_for(20ms) != std::future_status::ready) client.send("x");
        EXPECT_EQ(answer.get(), 408) << start;
        EXPECT_LT(Clock::now() - begin, 5s);
    }
}

TEST(HttpSession, CutsAClientThatDoesNotReadItsResponse) {
    EchoServer echo{with_limits({.write = 200ms})};
    RawClient client{echo.server.port(), 4096};
    client.send(get("/large"));
    while (echo.server.connections() == 0) std::this_thread::yield();
    while (echo.server.connections() == 1) std::this_thread::yield();
    EXPECT_LT(client.response().size(), 8'000'000U);
}

TEST(HttpSession, SendsABodyInPiecesAndServesTheNextRequest) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    auto const response = client.send(get("/pieces") + get("/next")).response();
    EXPECT_TRUE(
        response.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8000000\r\n"));
    std::string const body = body_of(response);
    ASSERT_EQ(body.size(), 80 * Letters::piece_bytes);
    for (std::size_t n = 0; n < 80; ++n)
        EXPECT_EQ(body.substr(n * Letters::piece_bytes, Letters::piece_bytes),
                  std::string(Letters::piece_bytes, static_cast<char>('a' + n % 26)));
    EXPECT_EQ(body_of(client.response()), "/next||127.0.0.1");
}

TEST(HttpSession, SendsNoPiecesToWhomAsksForTheHeadAlone) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    client.send("HEAD /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    std::string const response = client.response();
    EXPECT_NE(response.find("\r\nContent-Length: 8000000\r\n"), std::string::npos);
    EXPECT_EQ(body_of(response), "");
}

TEST(HttpSession, ClosesWhenABodyInPiecesEndsEarlySoThatItIsNotTakenForWhole) {
    EchoServer echo;
    for (auto const& [path, given] : {std::pair{"/too-few", 2U}, {"/broken", 1U}}) {
        RawClient client{echo.server.port()};
        auto const response = client.send(get(path) + get("/next")).response();
        EXPECT_NE(response.find("\r\nContent-Length: 300000\r\n"), std::string::npos);
        EXPECT_EQ(body_of(response).size(), given * Letters::piece_bytes) << path;
        EXPECT_TRUE(client.ends()) << path;
    }
}

TEST(HttpSession, CutsAClientThatStopsReadingABodyInPieces) {
    EchoServer echo{with_limits({.write = 200ms})};
    RawClient client{echo.server.port(), 4096};
    client.send(get("/pieces"));
    while (echo.server.connections() == 0) std::this_thread::yield();
    while (echo.server.connections() == 1) std::this_thread::yield();
    EXPECT_LT(client.response().size(), 8'000'000U);
}

TEST(HttpSession, AnswersARequestThatAsksForAnUpgradeNobodyGives) {
    EchoServer echo;
    auto const ask = [&](std::string const& path, std::string const& version) {
        RawClient client{echo.server.port()};
        return client
            .send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: " + version + "\r\n\r\n")
            .response();
    };
    EXPECT_TRUE(ask("/forbidden", "13").starts_with("HTTP/1.1 403 "));
    EXPECT_TRUE(ask("/elsewhere", "13").starts_with("HTTP/1.1 200 "));
    auto const old = ask("/ws", "8");
    EXPECT_TRUE(old.starts_with("HTTP/1.1 426 "));
    EXPECT_NE(old.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
}

}  // namespace
}  // namespace samtal::net::testing
