#include "http_head.hpp"

#include "characters.hpp"

#include <array>
#include <string>

namespace samtal::net {
namespace {

constexpr int passed = 0;
constexpr int bad_request = 400;
constexpr int too_large = 431;
constexpr int not_implemented = 501;
constexpr int version_not_supported = 505;

constexpr std::size_t most_headers = 64;
constexpr std::size_t longest_method = 32;
constexpr std::size_t longest_content_length = 19;  // digits; fits 64 bits

/// Headers that mean nothing, or two things, when they come twice.
constexpr std::array<std::string_view, 19> singletons{"host",
                                                      "content-length",
                                                      "transfer-encoding",
                                                      "content-type",
                                                      "content-encoding",
                                                      "connection",
                                                      "authorization",
                                                      "cookie",
                                                      "origin",
                                                      "upgrade",
                                                      "expect",
                                                      "user-agent",
                                                      "idempotency-key",
                                                      "sec-gpc",
                                                      "sec-websocket-key",
                                                      "if-match",
                                                      "if-none-match",
                                                      "retry-after",
                                                      "sec-websocket-version"};

/// What a Connection header may name. Another name would ask to drop a header that somebody before us has read.
constexpr std::array<std::string_view, 5> connection_options{"close", "keep-alive", "upgrade", "te",
                                                             "http2-settings"};

Method method_named(std::string_view name) noexcept {
    if (name == "GET") return Method::get;
    if (name == "POST") return Method::post;
    if (name == "PUT") return Method::put;
    if (name == "PATCH") return Method::patch;
    if (name == "DELETE") return Method::del;
    return Method::other;
}

/// The octet behind a percent sign at `at`, or -1.
int percent_octet(std::string_view text, std::size_t at) noexcept {
    if (at + 2 >= text.size()) return -1;
    int const high = hex_value(text[at + 1]);
    int const low = hex_value(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Nobody here decodes a path; still, a proxy before us must not see another one than we do.
bool valid_path(std::string_view path) noexcept {
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '%') {
            int const octet = percent_octet(path, i);
            if (octet < 0x20 || octet == '/' || octet == '\\' || octet == '.' || octet == 0x7f) return false;
            i += 2;
        } else if (!is_path_char(path[i])) {
            return false;
        }
    }
    constexpr auto none = std::string_view::npos;
    return path.find("//") == none && path.find("..") == none && path.find("/./") == none && !path.ends_with("/.");
}

bool valid_query(std::string_view query) noexcept {
    for (std::size_t i = 0; i < query.size(); ++i) {
        if (query[i] == '%') {
            if (percent_octet(query, i) <= 0) return false;
            i += 2;
        } else if (!is_query_char(query[i])) {
            return false;
        }
    }
    return true;
}

bool valid_host(std::string_view host) noexcept {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return is_digit(c) || is_alpha(c) || contains("-._:[]", c);
    });
}

/// One pass over a head. Each step returns `passed` or the status to refuse with.
class Reader {
public:
    explicit Reader(RequestHead& into) : head_{into} {}

    int read(std::string_view text) {
        auto const line_end = text.find("\r\n");
        if (int const status = read_request_line(text.substr(0, line_end))) return status;
        text.remove_prefix(line_end + 2);
        while (text != "\r\n") {
            auto const end = text.find("\r\n");
            if (end == std::string_view::npos) return bad_request;
            if (int const status = read_header(text.substr(0, end))) return status;
            text.remove_prefix(end + 2);
        }
        return conclude();
    }

private:
    int read_request_line(std::string_view line) {
        auto const first = line.find(' ');
        auto const last = line.rfind(' ');
        if (first == std::string_view::npos || first == last) return bad_request;
        auto const method = line.substr(0, first);
        if (!is_token(method) || method.size() > longest_method) return bad_request;
        head_.request.method = method_named(method);
        head_.answer_head = method == "HEAD";
        if (int const status = read_version(line.substr(last + 1))) return status;
        return read_target(line.substr(first + 1, last - first - 1));
    }

    int read_version(std::string_view version) {
        if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
            !is_digit(version[7]))
            return bad_request;
        old_ = version == "HTTP/1.0";
        return old_ || version == "HTTP/1.1" ? passed : version_not_supported;
    }

    int read_target(std::string_view target) {
        if (!target.starts_with('/')) return bad_request;  // absolute-form, authority-form, asterisk-form
        auto const mark = target.find('?');
        auto const path = target.substr(0, mark);
        auto const query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
        if (!valid_path(path) || !valid_query(query)) return bad_request;
        head_.request.path.assign(path);
        head_.request.query.assign(query);
        return passed;
    }

    int read_header(std::string_view line) {
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) return bad_request;
        // A blank is no token character: this refuses folded lines and blanks before the colon too.
        if (!is_token(line.substr(0, colon))) return bad_request;
        auto const value = trimmed(line.substr(colon + 1));
        if (!std::all_of(value.begin(), value.end(), is_field_value)) return bad_request;
        if (head_.request.headers.size() == most_headers) return too_large;
        std::string name{line.substr(0, colon)};
        std::transform(name.begin(), name.end(), name.begin(), to_lower);
        if (comes_again(name)) return bad_request;
        if (int const status = interpret(name, value)) return status;
        head_.request.headers.push_back({std::move(name), std::string{value}});
        return passed;
    }

    bool comes_again(std::string_view name) noexcept {
        auto const known = std::find(singletons.begin(), singletons.end(), name);
        if (known == singletons.end()) return false;
        auto const bit = 1U << static_cast<unsigned>(known - singletons.begin());
        bool const again = (seen_ & bit) != 0;
        seen_ |= bit;
        return again;
    }

    int interpret(std::string_view name, std::string_view value) {
        if (name == "host") {
            has_host_ = true;
            return valid_host(value) ? passed : bad_request;
        }
        if (name == "content-length") return read_content_length(value);
        if (name == "transfer-encoding") {
            has_transfer_encoding_ = true;
            chunked_ = equals_ignoring_case(value, "chunked");
        } else if (name == "connection") {
            return read_connection(value);
        } else if (name == "upgrade") {
            upgrade_to_websocket_ = equals_ignoring_case(value, "websocket");
        } else if (name == "expect") {
            head_.expect_continue = equals_ignoring_case(value, "100-continue");
            return head_.expect_continue ? passed : bad_request;
        }
        return passed;
    }

    int read_content_length(std::string_view value) {
        has_content_length_ = true;
        if (value.empty() || value.size() > longest_content_length) return bad_request;
        for (char const c : value) {
            if (!is_digit(c)) return bad_request;
            head_.content_length = head_.content_length * 10 + static_cast<unsigned>(c - '0');
        }
        return passed;
    }

    int read_connection(std::string_view list) {
        while (!list.empty()) {
            auto const option = next_element(list);
            auto const known = std::find_if(connection_options.begin(), connection_options.end(),
                                            [option](auto name) { return equals_ignoring_case(name, option); });
            if (known == connection_options.end()) return bad_request;
            close_ = close_ || *known == "close";
            connection_upgrade_ = connection_upgrade_ || *known == "upgrade";
        }
        return passed;
    }

    int conclude() {
        if (!old_ && !has_host_) return bad_request;
        if (has_transfer_encoding_) {
            if (old_ || has_content_length_) return bad_request;
            if (!chunked_) return not_implemented;
            head_.framing = Framing::chunked;
        } else if (has_content_length_) {
            head_.framing = Framing::content_length;
        }
        head_.keep_alive = !old_ && !close_;
        head_.expect_continue = head_.expect_continue && !old_;
        head_.websocket = !old_ && connection_upgrade_ && upgrade_to_websocket_;
        return passed;
    }

    RequestHead& head_;
    unsigned seen_ = 0;  // a bit for each of `singletons`
    bool old_ = false;   // HTTP/1.0
    bool has_host_ = false;
    bool has_content_length_ = false;
    bool has_transfer_encoding_ = false;
    bool chunked_ = false;
    bool close_ = false;
    bool connection_upgrade_ = false;
    bool upgrade_to_websocket_ = false;
};

}  // namespace

HeadEnd find_head_end(std::string_view received, std::size_t& scanned) noexcept {
    if (received.empty()) return {};
    if (!is_token(received.front())) return {.malformed = true};
    for (;;) {
        auto const feed = received.find('\n', scanned);
        if (feed == std::string_view::npos) break;
        if (feed == 0 || received[feed - 1] != '\r') return {.malformed = true};
        scanned = feed + 1;
        if (feed >= 3 && received[feed - 2] == '\n') return {.end = scanned};
    }
    scanned = received.size();
    return {};
}

std::optional<Refusal> parse_head(std::string_view head, RequestHead& into) {
    into = {};
    if (!head.ends_with("\r\n\r\n")) return Refusal{bad_request};
    into.request.headers.reserve(16);
    int const status = Reader{into}.read(head);
    return status == passed ? std::nullopt : std::optional{Refusal{status}};
}

std::optional<Refusal> check_websocket_handshake(RequestHead const& head) noexcept {
    constexpr std::size_t key_length = 24;  // 16 bytes in base64
    auto const& request = head.request;
    if (request.method != Method::get || head.framing != Framing::none) return Refusal{bad_request};
    auto const key = request.header("sec-websocket-key");
    if (key.size() != key_length || !key.ends_with("==")) return Refusal{bad_request};
    bool const base64 = std::all_of(key.begin(), key.end() - 2,
                                    [](char c) { return is_digit(c) || is_alpha(c) || c == '+' || c == '/'; });
    if (!base64 || !request.has("sec-websocket-version")) return Refusal{bad_request};
    if (request.header("sec-websocket-version") != "13") return Refusal{426};
    return std::nullopt;
}

}  // namespace samtal::net
