#include "samtal/gateway/problem.hpp"

#include "samtal/core/id.hpp"

#include <boost/uuid/random_generator.hpp>
#include <nlohmann/json.hpp>

#include <string_view>

namespace samtal::gateway {

namespace {

struct Kind {
    int status;
    std::string_view name;
    std::string_view title;
};

constexpr Kind kinds[]{
    {400, "invalid-request", "The request is not valid"},
    {401, "unauthenticated", "A valid credential is needed"},
    {403, "forbidden", "This is not allowed"},
    {404, "not-found", "There is no such thing"},
    {405, "method-not-allowed", "This resource has no such method"},
    {408, "request-timeout", "The request took too long"},
    {409, "conflict", "This conflicts with what is there"},
    {413, "too-large", "The request is too large"},
    {415, "unsupported-media-type", "The content type is not supported here"},
    {422, "idempotency-key-reused", "This Idempotency-Key was used for another request"},
    {426, "upgrade-required", "WebSocket version 13 is needed"},
    {429, "too-many-requests", "Too many requests"},
    {431, "header-too-large", "The request's header is too large"},
    {500, "internal-error", "Something broke here"},
    {501, "not-implemented", "This is not supported"},
    {503, "unavailable", "The service cannot do this right now"},
    {505, "http-version-not-supported", "HTTP/1.1 is needed"},
};

Kind const& kind_of(int status) {
    for (Kind const& kind : kinds)
        if (kind.status == status) return kind;
    return kind_of(500);
}

/// A fresh name for this one occurrence, to be quoted to support.
std::string instance() {
    thread_local boost::uuids::random_generator_mt19937 next;  // a label, not a secret
    return "urn:uuid:" + uuid_text(next());
}

nlohmann::json document(int status, std::string_view name, std::string_view title) {
    return {{"type", "urn:samtal:problem:" + std::string{name}},
            {"title", title},
            {"status", status},
            {"instance", instance()}};
}

net::Response respond(int status, std::string body) {
    net::Response response{status, "application/problem+json", std::move(body), {}};
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    if (status == 429 || status == 503) response.headers.push_back({"Retry-After", status == 429 ? "30" : "1"});
    return response;
}

nlohmann::json document(Error const& error, std::string_view unknown_field) {
    int const status = status_of(error);
    Kind const& kind = kind_of(status);
    std::string_view const name = error.problem.text().empty() ? kind.name : error.problem.text();
    auto problem = document(status, name, kind.title);
    problem["detail"] = error.reason.text();
    if (!error.purpose.empty()) problem["purpose"] = error.purpose;
    std::string_view const field = error.field.text().empty() ? unknown_field : error.field.text();
    if (!field.empty()) problem["errors"] = {{{"field", field}, {"detail", error.reason.text()}}};
    return problem;
}

}  // namespace

int status_of(Error const& error) {
    if (error.problem.text() == "idempotency-key-reused") return 422;
    switch (error.code) {
        case Errc::invalid:
            return 400;
        case Errc::unauthenticated:
            return 401;
        case Errc::denied:
            return 403;
        case Errc::not_found:
            return 404;
        case Errc::conflict:
            return 409;
        case Errc::throttled:
            return 429;
        case Errc::exhausted:
            return 503;
    }
    return 500;
}

net::Response problem_response(Error const& error, std::string_view unknown_field) {
    return respond(status_of(error), problem_document(error, unknown_field));
}

net::Response problem_response(int status) {
    return respond(status, problem_document(status));
}

net::Response unavailable_response() {
    return problem_response(503);
}

net::Response internal_error_response() {
    return problem_response(500);
}

std::string problem_document(Error const& error, std::string_view unknown_field) {
    return document(error, unknown_field).dump();
}

std::string problem_document(int status) {
    Kind const& kind = kind_of(status);
    return document(status, kind.name, kind.title).dump();
}

}  // namespace samtal::gateway
