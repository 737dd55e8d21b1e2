#include "samtal/ops/config_section.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace samtal::ops {

struct ParsedToml {
    std::string name;
    toml::table root;

    [[noreturn]] void refuse(toml::source_region const& at, std::string_view key, std::string_view problem) const {
        throw ConfigError{fmt::format("{}:{}: {}: {}", name, at.begin.line, key, problem)};
    }
};

namespace {

void refuse_unknown(ParsedToml const& file, toml::table const& table,
                    std::set<std::string, std::less<>> const& known, std::string_view prefix) {
    for (auto const& [key, value] : table)
        if (!known.contains(key.str()))
            file.refuse(key.source(), fmt::format("{}{}", prefix, key.str()), "unknown key");
}

/// The value of `key` when it is there; of another type it is refused, never converted.
template <class T>
std::optional<T> find(ParsedToml const& file, std::string const& section, std::string_view key, char const* type) {
    toml::node const* value = file.root[section][key].node();
    if (value == nullptr) return std::nullopt;
    if (auto const exact = value->value_exact<T>()) return exact;
    file.refuse(value->source(), fmt::format("{}.{}", section, key), fmt::format("must be {}", type));
}

std::optional<std::vector<std::string>> find_texts(ParsedToml const& file, std::string const& section,
                                                   std::string_view key) {
    toml::node const* value = file.root[section][key].node();
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    toml::array const* array = value->as_array();
    bool good = array != nullptr;
    for (std::size_t n = 0; good && n < array->size(); ++n) {
        auto const text = (*array)[n].value_exact<std::string>();
        good = text.has_value();
        if (good) texts.push_back(*text);
    }
    if (!good) file.refuse(value->source(), fmt::format("{}.{}", section, key), "must be a list of strings");
    return texts;
}

std::string variable_of(std::string_view section, std::string_view key) {
    std::string name = fmt::format("SAMTAL_{}_{}", section, key);
    for (char& c : name)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return name;
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        std::size_t const comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return parts;
}

}  // namespace

ConfigFile ConfigFile::load(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in || std::filesystem::is_directory(path)) throw ConfigError{path + ": cannot be read"};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    return parse(text, path);
}

ConfigFile ConfigFile::parse(std::string_view text, std::string name) {
    try {
        return ConfigFile{std::make_shared<ParsedToml>(ParsedToml{name, toml::parse(text)})};
    } catch (toml::parse_error const& e) {
        throw ConfigError{fmt::format("{}:{}: is no TOML", name, e.source().begin.line)};
    }
}

ConfigSection ConfigFile::section(std::string name) {
    auto const* value = file_->root.get(name);
    if (value != nullptr && !value->is_table()) file_->refuse(value->source(), name, "must be a table");
    known_.insert(name);
    return {file_, std::move(name)};
}

void ConfigFile::finish() const {
    refuse_unknown(*file_, file_->root, known_, "");
}

ConfigSection::ConfigSection(std::shared_ptr<ParsedToml const> file, std::string name)
    : file_{std::move(file)}, name_{std::move(name)} {}

ConfigSection& ConfigSection::read(std::string_view key, std::string& into) {
    known_.emplace(key);
    auto const in_file = find<std::string>(*file_, name_, key, "a string");
    if (auto const text = from_environment(key))
        into = *text;
    else if (in_file)
        into = *in_file;
    return *this;
}

ConfigSection& ConfigSection::read(std::string_view key, bool& into) {
    known_.emplace(key);
    into = find<bool>(*file_, name_, key, "true or false").value_or(into);
    if (auto const text = from_environment(key)) {
        if (text != "true" && text != "false") refuse(key, "must be true or false");
        into = text == "true";
    }
    return *this;
}

ConfigSection& ConfigSection::read(std::string_view key, std::vector<std::string>& into) {
    known_.emplace(key);
    auto in_file = find_texts(*file_, name_, key);
    if (auto const text = from_environment(key))
        into = split_at_commas(*text);
    else if (in_file)
        into = *std::move(in_file);
    return *this;
}

std::int64_t ConfigSection::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                    std::int64_t greatest) {
    known_.emplace(key);
    std::int64_t value = find<std::int64_t>(*file_, name_, key, "an integer").value_or(fallback);
    if (auto const text = from_environment(key)) {
        char const* const end = text->data() + text->size();
        auto const [stop, failed] = std::from_chars(text->data(), end, value);
        if (failed != std::errc{} || stop != end) refuse(key, "must be an integer");
    }
    if (value < least || value > greatest) refuse(key, fmt::format("must be {} to {}", least, greatest));
    return value;
}

std::optional<std::string> ConfigSection::from_environment(std::string_view key) const {
    char const* const value = std::getenv(variable_of(name_, key).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string{value};
}

void ConfigSection::refuse(std::string_view key, std::string_view problem) const {
    if (from_environment(key)) throw ConfigError{fmt::format("{}: {}", variable_of(name_, key), problem)};
    std::string const full_key = fmt::format("{}.{}", name_, key);
    toml::node const* where = file_->root[name_][key].node();
    if (where == nullptr) where = file_->root.get(name_);  // the key is absent: where its section stands
    if (where == nullptr) where = &file_->root;
    file_->refuse(where->source(), full_key, problem);
}

void ConfigSection::finish() const {
    if (auto const* table = file_->root[name_].as_table()) refuse_unknown(*file_, *table, known_, name_ + ".");
}

}  // namespace samtal::ops
