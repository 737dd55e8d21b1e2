#include "tokens.hpp"

#include "encoding.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace samtal::identity {

namespace {

constexpr std::size_t head_size = 1 + 16 + 4;
constexpr std::size_t token_size = head_size + 2 * sizeof(TokenMac);
constexpr std::size_t text_size = 71;

using Head = std::array<unsigned char, head_size>;

Head head_of(TokenKind kind, SessionId const& session, std::uint32_t generation) {
    Head head{};
    head[0] = static_cast<unsigned char>(kind);
    std::copy(session.value().begin(), session.value().end(), head.begin() + 1);
    for (std::size_t i = 0; i < 4; ++i) head[17 + i] = static_cast<unsigned char>(generation >> (24 - 8 * i));
    return head;
}

TokenMac mac(storage::Key const& key, Head const& head, TokenSalt const* salt) {
    std::array<unsigned char, head_size + sizeof(TokenSalt)> text{};
    std::copy(head.begin(), head.end(), text.begin());
    if (salt != nullptr) std::copy(salt->begin(), salt->end(), text.begin() + head_size);
    TokenMac out{};
    // Two lengths, so that no head is another head with its salt.
    crypto_generichash(out.data(), out.size(), text.data(), salt == nullptr ? head_size : text.size(), key.data(),
                       key.size());
    return out;
}

}  // namespace

Secret TokenMint::make(TokenKind kind, SessionId session, std::uint32_t generation, TokenSalt const& salt) const {
    Head const head = head_of(kind, session, generation);
    std::string bytes{head.begin(), head.end()};
    for (auto const& half : {mac(key_, head, nullptr), mac(key_, head, &salt)})
        bytes.append(half.begin(), half.end());
    return Secret{base64url(bytes)};
}

std::optional<Token> TokenMint::parse(std::string_view text, TokenKind expected) const {
    if (text.size() != text_size) return std::nullopt;
    auto const bytes = from_base64url(text);
    if (!bytes || bytes->size() != token_size) return std::nullopt;
    auto const* const raw = reinterpret_cast<unsigned char const*>(bytes->data());
    boost::uuids::uuid id{};
    std::copy_n(raw + 1, id.size(), id.begin());
    std::uint32_t generation = 0;
    for (std::size_t i = 0; i < 4; ++i) generation = generation << 8U | raw[17 + i];
    Token token{expected, SessionId{id}, generation, {}};
    std::copy_n(raw + head_size + sizeof(TokenMac), token.bound.size(), token.bound.begin());

    Head const head = head_of(expected, token.session, generation);
    TokenMac const genuine = mac(key_, head, nullptr);
    if (raw[0] != head[0] || sodium_memcmp(genuine.data(), raw + head_size, genuine.size()) != 0)
        return std::nullopt;
    return token;
}

bool TokenMint::belongs(Token const& token, TokenSalt const& salt) const {
    TokenMac const genuine = mac(key_, head_of(token.kind, token.session, token.generation), &salt);
    return sodium_memcmp(genuine.data(), token.bound.data(), genuine.size()) == 0;
}

}  // namespace samtal::identity
