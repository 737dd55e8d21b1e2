#include "document.hpp"

#include "samtal/ops/config_section.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace samtal::processing {

namespace {

toml::table parsed(std::string_view text, std::string const& name) {
    try {
        return toml::parse(text);
    } catch (toml::parse_error const& e) {
        throw ops::ConfigError{fmt::format("{}:{}: is no TOML", name, e.source().begin.line)};
    }
}

std::string_view next_part(std::string_view& key) {
    std::size_t const dot = key.find('.');
    std::string_view const part = key.substr(0, dot);
    key.remove_prefix(dot == std::string_view::npos ? key.size() : dot + 1);
    return part;
}

}  // namespace

Document::Document(std::string_view text, std::string name)
    : name_{std::move(name)}, digest_{hash_hex(text)}, root_{parsed(text, name_)} {}

Document Document::load(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in || std::filesystem::is_directory(path)) throw ops::ConfigError{path + ": cannot be read"};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    return {text, path};
}

toml::node const* Document::find(std::string_view key) const {
    toml::node const* at = &root_;
    while (at != nullptr && !key.empty()) {
        auto const* const table = at->as_table();
        at = table == nullptr ? nullptr : table->get(next_part(key));
    }
    return at;
}

unsigned Document::line_of(std::string_view key) const {
    unsigned line = 1;
    toml::table const* table = &root_;
    while (table != nullptr && !key.empty()) {
        auto const found = table->find(next_part(key));
        if (found == table->end()) break;
        if (found->first.source().begin) line = found->first.source().begin.line;
        table = found->second.as_table();
    }
    return line;
}

void Problems::add(std::string key, std::string reason) {
    unsigned const line = document_.line_of(key);
    found_.push_back({line, std::move(key), std::move(reason)});
}

bool Problems::want(bool good, std::string const& key, std::string_view reason) {
    if (!good) add(key, std::string{reason});
    return good;
}

std::vector<Problem> Problems::take() && {
    std::ranges::stable_sort(found_, {}, &Problem::line);
    return std::move(found_);
}

std::string hash_bytes(std::string_view text) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<unsigned char const*>(text.data()), text.size());
    return hash;
}

std::string hash_hex(std::string_view text) {
    std::string hex;
    for (char const c : hash_bytes(text)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

}  // namespace samtal::processing
