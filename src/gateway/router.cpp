#include "samtal/gateway/router.hpp"

namespace samtal::gateway {

namespace {

/// "/v1/calls" → "v1", "calls". A trailing or doubled slash gives an empty segment, which matches nothing.
std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    if (!path.starts_with('/')) return segments;
    path.remove_prefix(1);
    for (;;) {
        std::size_t const slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool fits(std::vector<std::string> const& pattern, std::vector<std::string> const& path,
          std::vector<std::string>& captured) {
    if (pattern.size() != path.size()) return false;
    captured.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].starts_with('{')) {
            if (path[i].empty()) return false;
            captured.push_back(path[i]);
        } else if (pattern[i] != path[i]) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string_view name_of(net::Method method) {
    switch (method) {
        case net::Method::get:
            return "GET";
        case net::Method::post:
            return "POST";
        case net::Method::put:
            return "PUT";
        case net::Method::patch:
            return "PATCH";
        case net::Method::del:
            return "DELETE";
        case net::Method::other:
            break;
    }
    return "";
}

std::string_view name_of(Router::Entrance entrance) {
    switch (entrance) {
        case Router::Entrance::open:
            return "open";
        case Router::Entrance::doorstep:
            return "doorstep";
        case Router::Entrance::person:
            return "person";
        case Router::Entrance::receipt:
            return "receipt";
        case Router::Entrance::machine:
            return "machine";
        case Router::Entrance::administrator:
            break;
    }
    return "administrator";
}

void Router::add(net::Method method, std::string_view pattern, Entrance entrance, std::string_view purpose,
                 RouteOptions options, std::function<Task<Result<Reply>>(Ask const&)> run) {
    routes_.push_back(
        {method, segments_of(pattern), entrance, purpose, options, std::string{pattern}, std::move(run)});
}

Router::Match Router::match(net::Method method, std::string_view path) const {
    auto const segments = segments_of(path);
    Match match;
    std::vector<std::string> captured;
    for (Route const& route : routes_) {
        if (!fits(route.segments, segments, captured)) continue;
        if (route.method != method) {
            match.others += (match.others.empty() ? "" : ", ") + std::string{name_of(route.method)};
            continue;
        }
        return {&route, std::move(captured), {}};
    }
    return match;
}

Task<Result<Reply>> Router::follow(Principal const& who, net::Request const& request) const {
    auto const found = match(net::Method::get, request.path);
    if (found.route == nullptr || found.route->entrance != Entrance::person)
        co_return Error{Errc::not_found, "no such thing"};
    std::string unknown;
    Ask const ask{who, request, found.path, nullptr, unknown};
    co_return co_await found.route->run(ask);
}

Task<Result<std::string>> Router::dispatch_frame(std::string type, FrameAsk ask) {
    auto const frame = frames_.find(type);
    if (frame == frames_.end()) co_return Error{Errc::invalid, "unknown frame type", "type"};
    co_return co_await frame->second.run(std::move(ask));
}

}  // namespace samtal::gateway
