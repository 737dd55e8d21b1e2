#include "unit/net/echo_server.hpp"
#include "unit/net/raw_client.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

namespace samtal::net::testing {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using TlsStream = ssl::stream<tcp::socket>;
using namespace std::chrono_literals;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

/// A new key and a certificate that signs itself, valid for an hour.
TlsFiles make_certificate(std::filesystem::path const& directory) {
    TlsFiles files{directory / "certificate.pem", directory / "key.pem"};
    Key const key{EVP_EC_gen("P-256")};
    Certificate const certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* const name = X509_get_subject_name(certificate.get());
    auto const* const localhost = reinterpret_cast<unsigned char const*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, localhost, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    File const certificate_file{std::fopen(files.certificate_file.c_str(), "w")};
    PEM_write_X509(certificate_file.get(), certificate.get());
    File const key_file{std::fopen(files.key_file.c_str(), "w")};
    PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return files;
}

class TlsTest : public ::testing::Test {
protected:
    TlsTest() { options.tls = make_certificate(directory); }
    ~TlsTest() override { std::filesystem::remove_all(directory); }

    static std::filesystem::path make_directory() {
        std::string name = "/tmp/samtal-tls-XXXXXX";
        return ::mkdtemp(name.data());
    }
    void start() { echo.emplace(options); }
    template <class Stream>
    void connect(Stream& stream) {
        stream.next_layer().connect({asio::ip::address_v4::loopback(), echo->server.port()});
        stream.handshake(ssl::stream_base::client);
    }
    static std::string read_to_end(TlsStream& stream, boost::system::error_code& ended) {
        std::string all;
        asio::read(stream, asio::dynamic_buffer(all), ended);
        return all;
    }

    std::filesystem::path const directory = make_directory();
    ListenOptions options;
    std::optional<EchoServer> echo;
    asio::io_context loop;
    ssl::context context{ssl::context::tls_client};
};

TEST_F(TlsTest, ServesRequestsAndEndsWithCloseNotify) {
    start();
    TlsStream stream{loop, context};
    connect(stream);
    asio::write(stream, asio::buffer(get("/a") + "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    boost::system::error_code ended;
    auto const all = read_to_end(stream, ended);
    EXPECT_EQ(ended, asio::error::eof);  // without close_notify: stream_truncated
    EXPECT_NE(all.find("/a||127.0.0.1"), std::string::npos);
    EXPECT_TRUE(all.ends_with("/b||127.0.0.1"));
    EXPECT_NE(all.find("\r\nStrict-Transport-Security: max-age="), std::string::npos);
}

TEST_F(TlsTest, EndsIdleConnectionsWithCloseNotify) {
    options.limits.idle = 100ms;
    start();
    TlsStream stream{loop, context};
    connect(stream);
    asio::write(stream, asio::buffer(get("/a")));
    boost::system::error_code ended;
    read_to_end(stream, ended);
    EXPECT_EQ(ended, asio::error::eof);
}

TEST_F(TlsTest, RefusesOldVersionsAndFiniteFieldKeyExchange) {
    start();
    auto const refuses = [this](auto&& restrict_client) {
        ssl::context restricted{ssl::context::tls_client};
        SSL_CTX_set_security_level(restricted.native_handle(), 0);
        restrict_client(restricted.native_handle());
        TlsStream stream{loop, restricted};
        stream.next_layer().connect({asio::ip::address_v4::loopback(), echo->server.port()});
        boost::system::error_code failed;
        stream.handshake(ssl::stream_base::client, failed);
        return failed.failed();
    };
    EXPECT_TRUE(refuses([](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_1_VERSION); }));
    EXPECT_TRUE(refuses([](SSL_CTX* c) {
        SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(c, "DHE:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA");
    }));
    EXPECT_FALSE(refuses([](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); }));
    EXPECT_FALSE(refuses([](SSL_CTX* c) { SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION); }));
}

TEST_F(TlsTest, CarriesWebSockets) {
    start();
    websocket::stream<TlsStream> client{loop, context};
    connect(client.next_layer());
    client.handshake("localhost", "/ws");
    std::string const large(60'000, 'x');
    client.write(asio::buffer(large));
    boost::beast::flat_buffer buffer;
    client.read(buffer);
    EXPECT_EQ(boost::beast::buffers_to_string(buffer.data()), large);
    echo->application.handler->socket()->close(CloseCode::session_ended);
    boost::system::error_code ended;
    client.read(buffer, ended);
    EXPECT_EQ(client.reason().code, 4001);
}

TEST_F(TlsTest, EndsAHandshakeThatDoesNotProceedOrIsNone) {
    options.limits.handshake = 100ms;
    start();
    RawClient silent{echo->server.port()};
    EXPECT_TRUE(silent.ends());
    RawClient plain{echo->server.port()};
    plain.send(get("/")).response();
    while (echo->server.connections() > 0) std::this_thread::yield();
}

TEST_F(TlsTest, NamesTheFileItCannotUse) {
    auto const problem = [this](TlsFiles files) -> std::string {
        options.tls = std::move(files);
        try {
            start();
        } catch (std::runtime_error const& e) {
            return e.what();
        }
        return "";
    };
    auto const sound = *options.tls;
    EXPECT_EQ(problem({"/nowhere", sound.key_file}), "TLS: cannot use the certificate chain /nowhere");
    EXPECT_TRUE(
        problem({sound.certificate_file, "/nowhere"}).starts_with("TLS: cannot use the private key /nowhere"));
    std::filesystem::create_directory(directory / "other");
    auto const other = make_certificate(directory / "other");
    EXPECT_NE(problem({sound.certificate_file, other.key_file}), "");
}

}  // namespace
}  // namespace samtal::net::testing
