#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::ops {

/// Says file, line and key: "config/server.toml:7: database.threads: must be 1 to 64", or the environment
/// variable. Never the value, which may be somebody's address or a secret in the wrong place. The server does not
/// start after one.
class ConfigError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct ParsedToml;  // toml++ stays in config_section.cpp

/// Reads one table of a TOML file into a struct whose members hold the defaults. Strict: a key nobody
/// reads is a typing mistake, "4" and 4.0 are no integers.
///
/// The environment variable SAMTAL_<SECTION>_<KEY> goes before the file. It is text: a string as it stands, an
/// integer in decimal digits, "true" or "false", a list separated by commas (empty: an empty list).
class ConfigSection {
public:
    ConfigSection(std::shared_ptr<ParsedToml const> file, std::string name);

    ConfigSection& read(std::string_view key, std::string& into);
    ConfigSection& read(std::string_view key, bool& into);
    ConfigSection& read(std::string_view key, std::vector<std::string>& into);

    template <class T>
    ConfigSection& read(std::string_view key, T& into, T least, T greatest) {
        static_assert(std::numeric_limits<T>::digits <= 63, "TOML integers have 64 bits with sign");
        into = static_cast<T>(integer(key, static_cast<std::int64_t>(into), static_cast<std::int64_t>(least),
                                      static_cast<std::int64_t>(greatest)));
        return *this;
    }

    /// Throws the ConfigError of `key`, for rules beyond type and range.
    [[noreturn]] void refuse(std::string_view key, std::string_view problem) const;

    /// Throws ConfigError for a key that was not read.
    void finish() const;

private:
    std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t greatest);
    std::optional<std::string> from_environment(std::string_view key) const;

    std::shared_ptr<ParsedToml const> file_;
    std::string name_;
    std::set<std::string, std::less<>> known_;
};

class ConfigFile {
public:
    /// Reads the file at `path`; ConfigError when it cannot be read.
    static ConfigFile load(std::string const& path);
    /// `name` is what error messages call the text: the file's path.
    static ConfigFile parse(std::string_view text, std::string name);

    /// An absent section reads as an empty one: all defaults.
    ConfigSection section(std::string name);

    /// Throws ConfigError for a section nobody asked for.
    void finish() const;

private:
    explicit ConfigFile(std::shared_ptr<ParsedToml const> file) : file_{std::move(file)} {}

    std::shared_ptr<ParsedToml const> file_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace samtal::ops
