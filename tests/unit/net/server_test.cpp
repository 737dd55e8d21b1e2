#include "unit/net/echo_server.hpp"
#include "unit/net/raw_client.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace samtal::net::testing {
namespace {

using namespace std::chrono_literals;
using Unix = boost::asio::local::stream_protocol;

TEST(Server, SaysThatItsPortIsInUse) {
    EchoServer first;
    ListenOptions same;
    same.port = first.server.port();
    try {
        EchoServer second{same};
        FAIL() << "bound twice";
    } catch (std::runtime_error const& e) {
        EXPECT_EQ(std::string{e.what()}, "127.0.0.1:" + std::to_string(same.port) + " is in use");
    }
    ListenOptions nowhere;
    nowhere.address = "localhost";
    EXPECT_THROW(EchoServer{nowhere}, std::runtime_error);
}

TEST(Server, TurnsAwayMoreThanItsConnections) {
    EchoServer echo{with_limits({.connections = 2})};
    RawClient first{echo.server.port()};
    EXPECT_EQ(first.send(get("/")).status(), 200);
    {
        RawClient second{echo.server.port()};
        EXPECT_EQ(second.send(get("/")).status(), 200);
        EXPECT_EQ(echo.server.connections(), 2U);
        RawClient third{echo.server.port()};
        EXPECT_EQ(third.send(get("/")).status(), 503);
        EXPECT_TRUE(third.ends());
    }
    while (echo.server.connections() > 1) std::this_thread::yield();
    EXPECT_EQ(RawClient{echo.server.port()}.send(get("/")).status(), 200);
}

TEST(Server, I5_AdmitsABurstOfNewcomersOneAfterTheOther) {
    EchoServer echo;
    auto const began = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<RawClient>> burst;
    for (int n = 0; n < 300; ++n) burst.push_back(std::make_unique<RawClient>(echo.server.port()));
    while (echo.server.connections() < burst.size()) std::this_thread::yield();
    EXPECT_GE(std::chrono::steady_clock::now() - began, 17ms);  // ten a millisecond, but for the first hundred
    EXPECT_EQ(burst.back()->send(get("/")).status(), 200);
}

TEST(Server, I5_AdmitsFewerOnceManyAreHereOfWhomItKnowsNothing) {
    EchoServer echo{with_limits({.connections = 2'000})};
    std::vector<std::unique_ptr<RawClient>> silent;
    auto const come = [&](std::size_t all) {
        while (silent.size() < all) silent.push_back(std::make_unique<RawClient>(echo.server.port()));
        while (echo.server.connections() < all) std::this_thread::yield();
    };
    come(500);
    EXPECT_EQ(echo.server.strangers(), 500U);
    auto const began = std::chrono::steady_clock::now();
    come(700);
    EXPECT_GE(std::chrono::steady_clock::now() - began, 70ms);  // two a millisecond, but for what is made up for
    EXPECT_EQ(silent.back()->send(get("/")).status(), 200);
    EXPECT_EQ(echo.server.strangers(), 699U);
    silent.clear();
    while (echo.server.connections() > 0) std::this_thread::yield();
    EXPECT_EQ(echo.server.strangers(), 0U);
}

TEST(Server, FinishesResponsesUnderWayWhenItStops) {
    EchoServer echo;
    RawClient busy{echo.server.port()};
    RawClient idle{echo.server.port()};
    EXPECT_EQ(idle.send(get("/")).status(), 200);
    busy.send(get("/slow"));
    echo.application.wait_for("/slow");
    echo.server.stop(10s);
    EXPECT_EQ(echo.server.connections(), 0U);
    auto const response = busy.response();
    EXPECT_EQ(body_of(response), "slow");
    EXPECT_NE(response.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(idle.ends());
    EXPECT_FALSE(RawClient{echo.server.port()}.connected());
}

TEST(Server, CutsResponsesThatOutlastTheGrace) {
    EchoServer echo;
    RawClient client{echo.server.port()};
    client.send(get("/slow"));
    echo.application.wait_for("/slow");
    echo.server.stop(1ms);
    EXPECT_EQ(client.status(), 0);
}

TEST(Server, GoesOnAcceptingWhenFilesRunOut) {
    EchoServer echo;
    RawClient early{echo.server.port()};
    EXPECT_EQ(early.send(get("/")).status(), 200);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    {
        // The client's own file exists already when the limit falls; the server's for it does not.
        int const file = ::socket(AF_INET, SOCK_STREAM, 0);
        rlimit const none{.rlim_cur = static_cast<rlim_t>(file) + 1, .rlim_max = before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(echo.server.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(file, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
        EXPECT_EQ(early.send(get("/still")).status(), 200);
        EXPECT_EQ(echo.server.connections(), 1U);
        ::setrlimit(RLIMIT_NOFILE, &before);
        while (echo.server.connections() != 2) std::this_thread::yield();
        ::close(file);
    }
}

class UnixServer : public ::testing::Test {
protected:
    UnixServer() { options.unix_path = directory / "socket"; }
    ~UnixServer() override { std::filesystem::remove_all(directory); }

    static std::filesystem::path make_directory() {
        std::string name = "/tmp/samtal-net-XXXXXX";
        return ::mkdtemp(name.data());
    }
    std::string ask() {
        boost::asio::io_context loop;
        Unix::socket client{loop};
        client.connect(Unix::endpoint{options.unix_path});
        boost::asio::write(client, boost::asio::buffer(get("/")));
        std::string response;
        boost::asio::read_until(client, boost::asio::dynamic_buffer(response), "/||");
        return response;
    }

    std::filesystem::path const directory = make_directory();
    ListenOptions options;
};

TEST_F(UnixServer, ListensForItsOwnerOnly) {
    EchoServer echo{options};
    EXPECT_EQ(echo.server.port(), 0);
    struct stat file{};
    ASSERT_EQ(::stat(options.unix_path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
    EXPECT_TRUE(body_of(ask()).ends_with("/||"));
    echo.server.stop(1s);
    EXPECT_FALSE(std::filesystem::exists(options.unix_path));
}

TEST_F(UnixServer, ReplacesAFileNobodyAnswersOnAndNoOther) {
    {
        boost::asio::io_context loop;
        Unix::acceptor const killed{loop, Unix::endpoint{options.unix_path}};
    }
    ASSERT_TRUE(std::filesystem::exists(options.unix_path));
    EchoServer echo{options};
    EXPECT_THROW(EchoServer{options}, std::runtime_error);
    EXPECT_TRUE(body_of(ask()).ends_with("/||"));

    ListenOptions precious;
    precious.unix_path = directory / "precious";
    std::ofstream{precious.unix_path} << "data";
    EXPECT_THROW(EchoServer{precious}, std::runtime_error);
    EXPECT_EQ(std::filesystem::file_size(precious.unix_path), 4U);
}

}  // namespace
}  // namespace samtal::net::testing
