#include "samtal/gateway/ask.hpp"

#include <charconv>

namespace samtal::gateway {

namespace {

int value_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Nothing for a broken escape or a NUL.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded.push_back(' ');
        } else if (text[i] != '%') {
            decoded.push_back(text[i]);
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            int const high = value_of(text[i + 1]);
            int const low = value_of(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
            decoded.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        }
    }
    return decoded;
}

/// What JSON's gate does for bodies: text is UTF-8 (RFC 3629), or it is refused.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        auto const lead = static_cast<unsigned char>(text[i]);
        std::size_t const size = lead < 0x80                   ? 1
                                 : lead >= 0xC2 && lead < 0xE0 ? 2
                                 : lead >= 0xE0 && lead < 0xF0 ? 3
                                 : lead >= 0xF0 && lead < 0xF5 ? 4
                                                               : 0;
        if (size == 0 || i + size > text.size()) return false;
        for (std::size_t k = 1; k < size; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
        if (size > 2) {
            auto const next = static_cast<unsigned char>(text[i + 1]);
            if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) || (lead == 0xF0 && next < 0x90) ||
                (lead == 0xF4 && next > 0x8F))
                return false;
        }
        i += size;
    }
    return true;
}

}  // namespace

QueryReader::QueryReader(std::string_view query) {
    std::set<std::string> seen;
    while (!query.empty()) {
        std::string_view const pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        std::size_t const equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        if (!name || !value || name->empty() || !is_utf8(*value) || !seen.insert(*name).second) {
            problem_ = Error{Errc::invalid, "the query is malformed"};
            return;
        }
        pairs_.emplace_back(*std::move(name), *std::move(value));
    }
}

std::optional<std::string> QueryReader::text(Literal name) {
    known_.insert(name.text());
    for (auto const& [key, value] : pairs_)
        if (key == name.text()) return value;
    return std::nullopt;
}

std::optional<std::int64_t> QueryReader::optional_integer(Literal name, std::int64_t least,
                                                          std::int64_t greatest) {
    auto const given = text(name);
    if (!given) return std::nullopt;
    std::int64_t value = 0;
    auto const [end, problem] = std::from_chars(given->data(), given->data() + given->size(), value);
    if (problem != std::errc{} || end != given->data() + given->size() || value < least || value > greatest)
        refuse("must be an integer in its range", name);
    return value;
}

std::int64_t QueryReader::integer(Literal name, std::int64_t fallback, std::int64_t least, std::int64_t greatest) {
    return optional_integer(name, least, greatest).value_or(fallback);
}

std::optional<Timestamp> QueryReader::time(Literal name) {
    auto const given = text(name);
    if (!given) return std::nullopt;
    if (auto const day = parse_full_date(*given)) return day;
    if (auto const at = parse_rfc3339(*given)) return at;
    refuse("must be a date or an RFC 3339 date-time", name);
    return std::nullopt;
}

void QueryReader::refuse(Literal reason, Literal name) {
    if (!problem_) problem_ = Error{Errc::invalid, reason, name};
}

std::optional<Error> QueryReader::finish() {
    for (auto const& [key, value] : pairs_)
        if (!problem_ && !known_.contains(key)) problem_ = Error{Errc::invalid, "unknown query parameter"};
    return problem_;
}

}  // namespace samtal::gateway
