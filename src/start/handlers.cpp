#include "samtal/start/start.hpp"
#include "start_encode.hpp"

#include <array>

namespace samtal::start {

namespace {

using gateway::Reply;
using LoginPermit = Permit<purpose::AccountLogin>;

struct Part {
    std::string_view name;
    std::string_view path;
    std::string_view query;
};
constexpr std::array<Part, 5> parts{{{"me", "/v1/me", ""},
                                     {"profile", "/v1/me/profile", ""},
                                     {"conversations", "/v1/conversations", "limit=50"},
                                     {"calls", "/v1/calls", "limit=20"},
                                     {"consents", "/v1/consents", ""}}};

/// The person, and their request as the parts will see it: with its headers, because Sec-GPC counts.
struct Start {
    Principal who;
    net::Request request;
};

Result<Start> decode(gateway::Ask const& ask) {
    if (auto const problem = gateway::QueryReader{ask.request.query}.finish()) return *problem;
    return Start{ask.who, ask.request};
}

Task<Result<Reply>> start(gateway::Router& router, Limits limits, Start ask) {
    std::vector<Found> found;
    for (Part const& part : parts) {
        ask.request.path = part.path;
        ask.request.query = part.query;
        auto answer = co_await router.follow(ask.who, ask.request);
        if (!answer && answer.error().code != Errc::denied) co_return answer.error();
        found.push_back({part.name, answer ? std::move(answer->json) : std::string{"null"}});
    }
    co_return Reply{200, encode(found, limits), {}};
}

}  // namespace

void add_routes(gateway::Router& router, Limits limits) {
    router.person<purpose::AccountLogin>(
        net::Method::get, "/v1/start", decode,
        [&router, limits](LoginPermit, Start ask) { return start(router, limits, std::move(ask)); });
}

}  // namespace samtal::start
