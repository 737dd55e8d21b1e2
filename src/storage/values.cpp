#include "samtal/storage/values.hpp"

#include <stdexcept>

namespace samtal::storage {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

int nibble(char c) {
    auto const at = digits.find(c);
    if (at == std::string_view::npos) throw std::logic_error{"a bytea column was not read as hex"};
    return static_cast<int>(at);
}

}  // namespace

std::string bytea(std::string_view bytes) {
    std::string hex = "\\x";
    hex.reserve(2 + 2 * bytes.size());
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        hex.push_back(digits[byte >> 4U]);
        hex.push_back(digits[byte & 0x0fU]);
    }
    return hex;
}

std::string bytes_of(pqxx::field const& f) {
    std::string_view const hex{f.c_str(), f.size()};
    if (!hex.starts_with("\\x")) throw std::logic_error{"a bytea column was not read as hex"};
    std::string bytes;
    bytes.reserve(hex.size() / 2 - 1);
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(nibble(hex[i]) * 16 + nibble(hex[i + 1])));
    return bytes;
}

void ArrayLiteral::separate() {
    if (text_.size() > 1) text_.push_back(',');
}

void ArrayLiteral::add(std::string_view plain) {
    separate();
    text_.push_back('"');
    for (char const c : plain) {
        if (c == '\\') text_.push_back('\\');  // a bytea's "\x"
        text_.push_back(c);
    }
    text_.push_back('"');
}

void ArrayLiteral::add_text(std::string_view any) {
    separate();
    text_.push_back('"');
    for (char const c : any) {
        if (c == '"' || c == '\\') text_.push_back('\\');
        text_.push_back(c);
    }
    text_.push_back('"');
}

void ArrayLiteral::add_null() {
    separate();
    text_ += "NULL";
}

}  // namespace samtal::storage
