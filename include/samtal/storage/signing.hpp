#pragma once

#include "samtal/storage/key_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::storage {

/// Ed25519 (RFC 8032) under the deployment's signing key: consent receipts, erasure certificates, audit
/// checkpoints. What is signed begins with a line that says what it is ("samtal consent receipt v1\n"), so that no
/// signature serves for another kind of document.
class Signer {
public:
    explicit Signer(KeyRing const&);
    /// 64 bytes.
    [[nodiscard]] std::string sign(std::string_view document) const;
    /// 32 bytes, for those who verify.
    [[nodiscard]] std::string const& public_key() const noexcept { return public_key_; }

private:
    std::string public_key_;
    std::array<unsigned char, 64> secret_key_;
};

/// The public key as others read it: PEM (RFC 8410), as `openssl pkey -pubin` takes it.
[[nodiscard]] std::string public_key_pem(std::string_view public_key);
/// Nothing for text that is no Ed25519 public key.
[[nodiscard]] std::optional<std::string> read_public_key_pem(std::string_view pem);

/// False also for a key or signature of the wrong size.
[[nodiscard]] bool signature_holds(std::string_view public_key, std::string_view document,
                                   std::string_view signature);

}  // namespace samtal::storage
