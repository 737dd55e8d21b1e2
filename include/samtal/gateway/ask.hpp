#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/gateway/input.hpp"
#include "samtal/net/http.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::gateway {

/// A request as a decoder sees it: path, query and body are strictly read through it, and what nobody read is
/// refused.
class Ask {
public:
    /// `request` and `unknown` (see FieldReader) outlive it.
    Ask(Principal who, net::Request const& request, std::vector<std::string> path, Input body,
        std::string& unknown)
        : who{who}, request{request}, path_{std::move(path)}, body_{std::move(body)}, unknown_{unknown} {}

    Principal who;  // nil ids at the doorstep, and for a receipt
    net::Request const& request;
    std::string receipt{};  // the token, where a route takes receipts and got one

    /// The n-th {…} of the route's pattern.
    [[nodiscard]] std::string const& segment(std::size_t n) const { return path_.at(n); }
    template <class SomeId>
    [[nodiscard]] Result<SomeId> id(std::size_t n) const {
        if (auto const parsed = SomeId::parse(path_.at(n))) return *parsed;
        return Error{Errc::not_found, "no such thing"};  // what is no id names nothing: 404, like an unknown id
    }
    [[nodiscard]] FieldReader body() const { return FieldReader{body_, &unknown_}; }
    [[nodiscard]] Input const& json() const noexcept { return body_; }
    /// RFC: "Sec-GPC: 1", exactly.
    [[nodiscard]] bool privacy_control() const { return request.header("sec-gpc") == "1"; }

private:
    std::vector<std::string> path_;
    Input body_;
    std::string& unknown_;
};

/// Reads `?name=value&…` strictly: percent-decoded, each name once, unknown names refused.
class QueryReader {
public:
    explicit QueryReader(std::string_view query);

    [[nodiscard]] std::optional<std::string> text(Literal name);
    [[nodiscard]] std::int64_t integer(Literal name, std::int64_t fallback, std::int64_t least,
                                       std::int64_t greatest);
    [[nodiscard]] std::optional<std::int64_t> optional_integer(Literal name, std::int64_t least,
                                                               std::int64_t greatest);
    /// A full-date (UTC midnight) or an RFC 3339 date-time.
    [[nodiscard]] std::optional<Timestamp> time(Literal name);
    void refuse(Literal reason, Literal name);
    [[nodiscard]] std::optional<Error> finish();

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
    std::set<std::string_view> known_;
    std::optional<Error> problem_;
};

/// What a handler answers. `json` is encoded already.
struct Reply {
    int status = 200;
    std::string json;
    std::vector<net::Header> headers;
    std::string content_type = "application/json";  // of what stands in `json`
    std::shared_ptr<net::BodySource> source{};      // in place of `json`, for what is large
};
[[nodiscard]] inline Reply created(std::string json) {
    return {201, std::move(json), {}};
}
[[nodiscard]] inline Reply no_content() {
    return {204, {}, {}};
}

/// A WebSocket frame as a decoder sees it. "type" and "id" have been read.
struct FrameAsk {
    Principal who;
    FieldReader body;
    std::shared_ptr<net::Socket> from;
};

}  // namespace samtal::gateway
