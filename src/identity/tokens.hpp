#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/storage/key_store.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace samtal::identity {

using TokenSalt = std::array<unsigned char, 16>;  // sessions.token_salt
using TokenMac = std::array<unsigned char, 16>;

enum class TokenKind : unsigned char { access = 1, refresh = 2 };

/// A token whose first half is genuine.
struct Token {
    TokenKind kind;
    SessionId session;
    std::uint32_t generation;  // which pair of the session it belongs to
    TokenMac bound;            // to be compared with the session's salt
};

/// Tokens are not stored: base64url(kind | session | generation | MAC | MAC with the session's salt), both MACs
/// keyed BLAKE2b. The first refuses forgeries without asking the database; the second makes a copy of the keys
/// alone useless.
class TokenMint {
public:
    explicit TokenMint(storage::Key key) : key_{key} {}

    /// The same arguments give the same token: a repeated refresh needs no memory of what it answered.
    [[nodiscard]] Secret make(TokenKind, SessionId, std::uint32_t generation, TokenSalt const&) const;
    /// Nothing for what this mint did not make, or made for something else.
    [[nodiscard]] std::optional<Token> parse(std::string_view text, TokenKind expected) const;
    [[nodiscard]] bool belongs(Token const&, TokenSalt const&) const;

private:
    storage::Key key_;
};

}  // namespace samtal::identity
