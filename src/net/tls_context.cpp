#include "tls_context.hpp"

#include <openssl/ssl.h>

#include <stdexcept>
#include <string>

namespace samtal::net {
namespace {

constexpr char const* tls_1_2_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char const* groups = "X25519:prime256v1:secp384r1";

void require(bool done, std::string const& what) {
    if (!done) throw std::runtime_error{"TLS: " + what};
}

}  // namespace

boost::asio::ssl::context make_tls_context(TlsFiles const& files) {
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
    auto* const native = context.native_handle();
    require(SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1, "version 1.2 is not available");
    require(SSL_CTX_set_cipher_list(native, tls_1_2_ciphers) == 1, "the cipher suites are not available");
    require(SSL_CTX_set1_groups_list(native, groups) == 1, "the key exchange groups are not available");
    // No tickets: their key would undo forward secrecy for as long as the process runs.
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 0);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps no record buffers

    boost::system::error_code failed;
    context.use_certificate_chain_file(files.certificate_file, failed);
    require(!failed, "cannot use the certificate chain " + files.certificate_file);
    context.use_private_key_file(files.key_file, boost::asio::ssl::context::pem, failed);
    require(!failed, "cannot use the private key " + files.key_file + " (unreadable, or not the certificate's)");
    return context;
}

}  // namespace samtal::net
