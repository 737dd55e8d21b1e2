#include "response_head.hpp"

#include "characters.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace samtal::net {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 28> phrases{{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

void append_number(std::string& to, std::uint64_t number) {
    std::array<char, 20> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    to.append(digits.data(), end);
}

void append_header(std::string& to, std::string_view name, std::string_view value) {
    if (!is_token(name) || !std::all_of(value.begin(), value.end(), is_field_value)) return;
    to.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool has_body(int status) noexcept {
    return status >= 200 && status != 204 && status != 304;
}

std::string_view reason_phrase(int status) noexcept {
    for (auto const& [code, phrase] : phrases)
        if (code == status) return phrase;
    return "";
}

void write_response_head(Response const& response, ResponseOptions options, std::string& into) {
    into.assign("HTTP/1.1 ");
    append_number(into, static_cast<std::size_t>(response.status));
    into.append(" ").append(reason_phrase(response.status)).append("\r\n");
    if (has_body(response.status)) {
        std::uint64_t const size = response.source ? response.source->size() : response.body.size();
        if (!response.content_type.empty() && size > 0) append_header(into, "Content-Type", response.content_type);
        into.append("Content-Length: ");
        append_number(into, size);
        into.append("\r\n");
    }
    for (auto const& header : response.headers) append_header(into, header.name, header.value);
    into.append("X-Content-Type-Options: nosniff\r\n");
    if (options.secure) into.append("Strict-Transport-Security: max-age=63072000\r\n");
    if (options.close) into.append("Connection: close\r\n");
    into.append("\r\n");
}

}  // namespace samtal::net
