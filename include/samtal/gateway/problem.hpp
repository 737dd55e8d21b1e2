#pragma once

#include "samtal/core/result.hpp"
#include "samtal/net/http.hpp"

#include <string>
#include <string_view>

namespace samtal::gateway {

/// RFC 9457. Two equal problems differ only in `instance`.
/// `unknown_field`: the name of a field that its sender made up, told to nobody else.
[[nodiscard]] net::Response problem_response(Error const&, std::string_view unknown_field = {});
/// For what the gate refused, by status alone.
[[nodiscard]] net::Response problem_response(int status);
/// Breakage: something we could not do. 503 with Retry-After, or 500.
[[nodiscard]] net::Response unavailable_response();
[[nodiscard]] net::Response internal_error_response();

/// The document alone, as WebSocket error frames and rejected call records carry it.
[[nodiscard]] std::string problem_document(Error const&, std::string_view unknown_field = {});
[[nodiscard]] std::string problem_document(int status);
[[nodiscard]] int status_of(Error const&);

}  // namespace samtal::gateway
