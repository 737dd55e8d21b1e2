#include "vcard_text.hpp"

#include <algorithm>

namespace samtal::contacts {

namespace {

constexpr std::size_t most_line_bytes = 75;

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// Where the first of `marks` stands outside of quotes, or the end.
std::size_t find_unquoted(std::string_view text, std::string_view marks) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (!quoted && marks.find(text[i]) != std::string_view::npos) return i;
    }
    return text.size();
}

}  // namespace

ContentLines::ContentLines(std::string_view text) : rest_{text} {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
}

std::string_view ContentLines::physical() {
    std::size_t const end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::optional<std::string> ContentLines::next() {
    while (!rest_.empty()) {
        std::string line{physical()};
        while (!line.empty() && (rest_.starts_with(' ') || rest_.starts_with('\t')))
            line.append(physical().substr(1));
        if (line.find_first_not_of(" \t") != std::string::npos) return line;
    }
    return std::nullopt;
}

std::optional<Property> property_of(std::string_view line) {
    std::size_t at = find_unquoted(line, ";:");
    std::string_view name = line.substr(0, at);
    if (std::size_t const dot = name.find('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
    if (!is_name(name)) return std::nullopt;
    Property property{upper(name), {}, {}};
    while (at < line.size() && line[at] == ';') {
        std::string_view const rest = line.substr(at + 1);
        std::size_t const end = find_unquoted(rest, ";:");
        std::string const parameter = upper(rest.substr(0, end));
        if (parameter.starts_with("ENCODING=")) property.encoding = parameter.substr(9);
        at += 1 + end;
    }
    if (at >= line.size()) return std::nullopt;  // no value
    property.value = line.substr(at + 1);
    return property;
}

std::string unescaped(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            text.push_back(value[i]);
            continue;
        }
        char const c = value[++i];
        text.push_back(c == 'n' || c == 'N' ? ' ' : c);
    }
    return text;
}

std::vector<std::string> components(std::string_view value) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= value.size(); ++i) {
        if (i < value.size() && value[i] == '\\') {
            ++i;
        } else if (i == value.size() || value[i] == ';') {
            parts.push_back(unescaped(value.substr(begin, i - begin)));
            begin = i + 1;
        }
    }
    if (begin < value.size()) parts.push_back(unescaped(value.substr(begin)));  // it ends in a backslash
    return parts;
}

std::string escaped(std::string_view text) {
    std::string value;
    for (char const c : text) {
        if (c == '\\' || c == ',' || c == ';') value.push_back('\\');
        value.push_back(c);
    }
    return value;
}

std::string folded(std::string_view line) {
    auto const continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; };
    std::string out;
    std::size_t room = most_line_bytes;
    while (line.size() > room) {
        std::size_t end = room;
        while (end > 1 && continues(line[end])) --end;
        out.append(line.substr(0, end)).append("\r\n ");
        line.remove_prefix(end);
        room = most_line_bytes - 1;  // the space counts
    }
    return out.append(line).append("\r\n");
}

}  // namespace samtal::contacts
