#include "net/http_head.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace samtal::net {
namespace {

int status_of(std::string_view head) {
    RequestHead ignored;
    auto const refused = parse_head(head, ignored);
    return refused ? refused->status : 0;
}

RequestHead parsed(std::string_view head) {
    RequestHead result;
    EXPECT_FALSE(parse_head(head, result)) << head;
    return result;
}

/// A sound request with these header lines added.
std::string with(std::string const& lines) {
    return "POST /v1/me HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n";
}

TEST(HttpHead, ReadsMethodPathQueryAndHeaders) {
    auto const head =
        parsed("PATCH /v1/me/profile?a=1&b=%C3%A4 HTTP/1.1\r\nHost: x:80\r\nX-Thing: \t two words \r\n\r\n");
    EXPECT_EQ(head.request.method, Method::patch);
    EXPECT_EQ(head.request.path, "/v1/me/profile");
    EXPECT_EQ(head.request.query, "a=1&b=%C3%A4");
    EXPECT_EQ(head.request.header("x-thing"), "two words");
    EXPECT_TRUE(head.request.has("host"));
    EXPECT_FALSE(head.request.has("x-other"));
    EXPECT_TRUE(head.keep_alive);
    EXPECT_EQ(head.framing, Framing::none);
}

TEST(HttpHead, KnowsItsMethodsAndLeavesOthersToTheRouter) {
    std::vector<std::pair<std::string, Method>> const methods{
        {"GET", Method::get},    {"POST", Method::post},     {"PUT", Method::put},   {"PATCH", Method::patch},
        {"DELETE", Method::del}, {"OPTIONS", Method::other}, {"get", Method::other}, {"BREW", Method::other}};
    for (auto const& [name, method] : methods)
        EXPECT_EQ(parsed(name + " / HTTP/1.1\r\nHost: x\r\n\r\n").request.method, method) << name;
    EXPECT_TRUE(parsed("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").answer_head);
}

TEST(HttpHead, TellsHowTheBodyIsFramed) {
    EXPECT_EQ(parsed(with("Content-Length: 0\r\n")).framing, Framing::content_length);
    EXPECT_EQ(parsed(with("Content-Length: 9223372036854775807\r\n")).content_length, 9223372036854775807U);
    EXPECT_EQ(parsed(with("Transfer-Encoding: Chunked\r\n")).framing, Framing::chunked);
    EXPECT_TRUE(parsed(with("Content-Length: 1\r\nExpect: 100-Continue\r\n")).expect_continue);
}

TEST(HttpHead, ClosesWhenAskedToAndAfterHttp10) {
    EXPECT_FALSE(parsed(with("Connection: close\r\n")).keep_alive);
    EXPECT_FALSE(parsed(with("Connection: keep-alive, Close\r\n")).keep_alive);
    EXPECT_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
    EXPECT_FALSE(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

struct Refused {
    std::string head;
    int status;
};

class HttpHeadGate : public ::testing::TestWithParam<Refused> {};

TEST_P(HttpHeadGate, Refuses) {
    EXPECT_EQ(status_of(GetParam().head), GetParam().status) << GetParam().head;
}

std::string target(std::string const& text) {
    return "GET " + text + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    RequestLines, HttpHeadGate,
    ::testing::Values(
        Refused{"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400}, Refused{"GET / \r\nHost: x\r\n\r\n", 400},
        Refused{"GET /\r\nHost: x\r\n\r\n", 400}, Refused{"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refused{"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400}, Refused{"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refused{" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400}, Refused{"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
        Refused{"GET / http/1.1\r\nHost: x\r\n\r\n", 400}, Refused{"GET / HTTP/1.1x\r\nHost: x\r\n\r\n", 400},
        Refused{"GET / HTTP/11\r\nHost: x\r\n\r\n", 400}, Refused{"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
        Refused{"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505}, Refused{"GET / HTTP/0.9\r\n\r\n", 505},
        Refused{std::string(33, 'M') + " / HTTP/1.1\r\nHost: x\r\n\r\n", 400}));

INSTANTIATE_TEST_SUITE_P(
    Targets, HttpHeadGate,
    ::testing::Values(Refused{target("http://x/"), 400}, Refused{target("*"), 400}, Refused{target("x:443"), 400},
                      Refused{target("/a b"), 400}, Refused{target("/a//b"), 400}, Refused{target("//x/"), 400},
                      Refused{target("/a/../b"), 400}, Refused{target("/.."), 400}, Refused{target("/a/./b"), 400},
                      Refused{target("/a/."), 400}, Refused{target("/%00"), 400}, Refused{target("/%0a"), 400},
                      Refused{target("/%2e%2e/"), 400}, Refused{target("/a%2Fb"), 400},
                      Refused{target("/a%5cb"), 400}, Refused{target("/%4"), 400}, Refused{target("/%zz"), 400},
                      Refused{target("/a#b"), 400}, Refused{target("/?a#b"), 400}, Refused{target("/?a=%00"), 400},
                      Refused{target("/?%1"), 400}, Refused{target("/\xc3\xa4"), 400},
                      Refused{target("/a\\b"), 400}, Refused{target("/\"a"), 400},
                      Refused{target(std::string("/\0", 2)), 400}, Refused{target("/a\x7f"), 400}));

INSTANTIATE_TEST_SUITE_P(
    Headers, HttpHeadGate,
    ::testing::Values(
        Refused{with("A : b\r\n"), 400}, Refused{with(" A: b\r\n"), 400}, Refused{with("A: b\r\n c\r\n"), 400},
        Refused{with("A: b\r\n\tc\r\n"), 400}, Refused{with("A\r\n"), 400}, Refused{with(": b\r\n"), 400},
        Refused{with("A(b): c\r\n"), 400}, Refused{with("A: b\rc\r\n"), 400}, Refused{with("A: \x01\r\n"), 400},
        Refused{with("A: \x7f\r\n"), 400}, Refused{with(std::string("A: b\0c\r\n", 8)), 400},
        Refused{with("A: \x1b[31m\r\n"), 400}, Refused{"GET / HTTP/1.1\r\n\r\n", 400},
        Refused{with("Host: localhost\r\n"), 400}, Refused{"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        Refused{"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400}, Refused{"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
        Refused{"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400}, Refused{with("Expect: magic\r\n"), 400},
        Refused{with("Connection: content-length\r\n"), 400}, Refused{with("Connection: ,\r\n"), 400}));

INSTANTIATE_TEST_SUITE_P(
    Framing, HttpHeadGate,
    ::testing::Values(Refused{with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
                      Refused{with("Content-Length: 5, 5\r\n"), 400}, Refused{with("Content-Length: +5\r\n"), 400},
                      Refused{with("Content-Length: -5\r\n"), 400}, Refused{with("Content-Length: 0x5\r\n"), 400},
                      Refused{with("Content-Length:\r\n"), 400}, Refused{with("Content-Length: 5 5\r\n"), 400},
                      Refused{with("Content-Length: 12345678901234567890\r\n"), 400},
                      Refused{with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
                      Refused{with("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n"), 400},
                      Refused{with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
                      Refused{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
                      Refused{with("Transfer-Encoding: gzip\r\n"), 501},
                      Refused{with("Transfer-Encoding: chunked, gzip\r\n"), 501},
                      Refused{with("Transfer-Encoding: gzip, chunked\r\n"), 501},
                      Refused{with("Transfer-Encoding: identity\r\n"), 501},
                      Refused{with("Transfer-Encoding: xchunked\r\n"), 501},
                      Refused{with("Transfer-Encoding:\r\n"), 501},
                      Refused{with("Transfer-Encoding: \"chunked\"\r\n"), 501}));

TEST(HttpHead, RefusesWhatMustBeSingleWhenItComesTwice) {
    for (std::string const name : {"Authorization", "Content-Type", "Cookie", "Origin", "Upgrade", "Connection",
                                   "Expect", "Idempotency-Key", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
                                   "Content-Encoding", "authORIZATION", "Sec-GPC"}) {
        std::string const value = name == "Expect" ? "100-continue" : name == "Connection" ? "close" : "1";
        auto const line = name + ": " + value + "\r\n";
        EXPECT_EQ(status_of(with(line)), 0) << name;
        EXPECT_EQ(status_of(with(line + "A: b\r\n" + line)), 400) << name;
    }
    EXPECT_EQ(status_of(with("X: 1\r\nX: 2\r\n")), 0);
}

TEST(HttpHead, TakesSixtyFourHeadersAndNoMore) {
    std::string lines;
    for (int n = 0; n < 63; ++n) lines += "X: y\r\n";
    EXPECT_EQ(status_of(with(lines)), 0);
    EXPECT_EQ(status_of(with(lines + "X: y\r\n")), 431);
}

TEST(HttpHead, FindsItsEndAtEveryDivisionOfTheInput) {
    std::string const head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string const input = head + "more";
    for (std::size_t cut = 1; cut < head.size(); ++cut) {
        std::size_t scanned = 0;
        auto const early = find_head_end(std::string_view{input}.substr(0, cut), scanned);
        EXPECT_EQ(early.end, 0U);
        EXPECT_FALSE(early.malformed);
        EXPECT_EQ(find_head_end(input, scanned).end, head.size()) << cut;
    }
}

TEST(HttpHead, IsRefusedBeforeItsEndWhereItCannotBecomeSound) {
    for (std::string const input :
         {"GET / HTTP/1.1\n", "\r\n", "\n", " GET", "\x16\x03\x01", "GET / HTTP/1.1\r\nA: b\n\n"}) {
        std::size_t scanned = 0;
        EXPECT_TRUE(find_head_end(input, scanned).malformed) << input;
    }
}

RequestHead handshake(std::string const& lines, std::string const& method = "GET") {
    return parsed(method +
                  " /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
                  lines + "\r\n");
}

TEST(WebSocketHandshake, IsCheckedBeforeAnybodyIsAsked) {
    std::string const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    std::string const version = "Sec-WebSocket-Version: 13\r\n";
    auto const sound = handshake(key + version);
    EXPECT_TRUE(sound.websocket);
    EXPECT_FALSE(check_websocket_handshake(sound));
    EXPECT_EQ(check_websocket_handshake(handshake(key))->status, 400);
    EXPECT_EQ(check_websocket_handshake(handshake(version))->status, 400);
    EXPECT_EQ(check_websocket_handshake(handshake(key + "Sec-WebSocket-Version: 8\r\n"))->status, 426);
    EXPECT_EQ(check_websocket_handshake(handshake("Sec-WebSocket-Key: short\r\n" + version))->status, 400);
    EXPECT_EQ(
        check_websocket_handshake(handshake("Sec-WebSocket-Key: dGhlIHNhbXBsZ!Bub25jZQ==\r\n" + version))->status,
        400);
    EXPECT_EQ(check_websocket_handshake(handshake(key + version, "POST"))->status, 400);
    EXPECT_EQ(check_websocket_handshake(handshake(key + version + "Content-Length: 0\r\n"))->status, 400);
}

TEST(WebSocketHandshake, NeedsBothHeaders) {
    EXPECT_FALSE(parsed(with("Upgrade: websocket\r\n")).websocket);
    EXPECT_FALSE(parsed(with("Connection: upgrade\r\n")).websocket);
    EXPECT_FALSE(parsed(with("Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\n")).websocket);
    EXPECT_FALSE(parsed("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").websocket);
}

}  // namespace
}  // namespace samtal::net
