#include "samtal/calls/fading.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace samtal::calls {

namespace {

constexpr std::string_view hash_domain = "counterpart";
constexpr std::string_view hidden = "****";
constexpr std::size_t least_digits = 8;  // fewer: half of it or more would be left of a number within a house

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

Result<std::string> counterpart_hash(storage::ColumnCipher& cipher, UserId owner, std::string_view number) {
    return cipher.owner_hash(owner, hash_domain, number);
}

std::string counterpart_hash(storage::SubjectCipher const& of_owner, std::string_view number) {
    return of_owner.owner_hash(hash_domain, number);
}

std::string masked(std::string_view number) {
    bool const is_masked = number.ends_with(hidden);
    std::string_view const kept = number.substr(0, number.size() - std::min(hidden.size(), number.size()));
    std::string_view digits = number.substr(number.starts_with('+') ? 1 : 0);
    if (is_masked) digits.remove_suffix(std::min(hidden.size(), digits.size()));
    std::size_t const count = digits.size() + (is_masked ? hidden.size() : 0);
    if (count < least_digits || !std::ranges::all_of(digits, is_digit)) return std::string{hidden};
    return std::string{kept}.append(hidden);
}

std::string random_token() {
    std::array<unsigned char, 8> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    return std::string{"~"}.append(hex.data());
}

}  // namespace samtal::calls
