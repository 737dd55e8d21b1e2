#include "samtal/identity/activation_code.hpp"

#include "encoding.hpp"
#include "samtal/storage/key_store.hpp"

namespace samtal::identity {

namespace {

// Crockford's base32: no I, L, O, U.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_bytes = 20;
constexpr std::size_t group = 4;

char plain(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c;
}

}  // namespace

Secret make_activation_code() {
    std::string code;
    unsigned bits = 0;
    unsigned count = 0;
    std::size_t letters = 0;
    for (char const byte : random_bytes(code_bytes)) {
        bits = (bits << 8U | static_cast<unsigned char>(byte)) & 0xffffU;
        for (count += 8; count >= 5; count -= 5) {
            if (letters != 0 && letters % group == 0) code.push_back('-');
            code.push_back(alphabet[bits >> (count - 5) & 31U]);
            ++letters;
        }
    }
    return Secret{std::move(code)};
}

std::string activation_code_hash(std::string_view code) {
    std::string letters;
    for (char const c : code)
        if (c != '-' && c != ' ') letters.push_back(plain(c));
    return storage::sha256(letters);
}

}  // namespace samtal::identity
