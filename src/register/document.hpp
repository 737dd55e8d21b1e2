#pragma once

#include "samtal/register/register.hpp"

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

namespace samtal::processing {

/// A register's file as it was written.
class Document {
public:
    /// Throws ops::ConfigError "name:line: is no TOML".
    Document(std::string_view text, std::string name);
    /// Throws ops::ConfigError too when the file cannot be read.
    static Document load(std::string const& path);

    [[nodiscard]] toml::table const& root() const noexcept { return root_; }
    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] std::string const& digest() const noexcept { return digest_; }
    /// Nothing when it is absent. `key` is a path with dots.
    [[nodiscard]] toml::node const* find(std::string_view key) const;
    /// Of the key, or of the nearest table above it when it is absent.
    [[nodiscard]] unsigned line_of(std::string_view key) const;

private:
    std::string name_;
    std::string digest_;
    toml::table root_;
};

/// Collects what is wrong with a document.
class Problems {
public:
    explicit Problems(Document const& document) : document_{document} {}

    void add(std::string key, std::string reason);
    /// Adds the problem unless `good`; returns `good`.
    bool want(bool good, std::string const& key, std::string_view reason);
    /// In the order of lines.
    [[nodiscard]] std::vector<Problem> take() &&;
    [[nodiscard]] bool empty() const noexcept { return found_.empty(); }

private:
    Document const& document_;
    std::vector<Problem> found_;
};

/// In hexadecimal digits; the bytes themselves with `hash_bytes`.
[[nodiscard]] std::string hash_hex(std::string_view);
[[nodiscard]] std::string hash_bytes(std::string_view);

}  // namespace samtal::processing
