#include "applications.hpp"

#include "figures_codec.hpp"
#include "samtal/gateway/problem.hpp"
#include "samtal/ops/log.hpp"
#include "samtal/storage/tx.hpp"

#include <algorithm>
#include <limits>

namespace samtal::aggregate {

using gateway::problem_response;
using net::Method;
using net::Request;
using net::Response;
using statistics::ReceivedFrame;

Task<Response> SmallApplication::handle(Request request) {
    Method const wanted = method_of(request.path);
    if (wanted == Method::other) co_return problem_response(404);
    if (request.method != wanted) {
        Response refused = problem_response(405);
        refused.headers.push_back({"Allow", wanted == Method::get ? "GET" : "POST"});
        co_return refused;
    }
    try {
        co_return co_await answer(request);
    } catch (Unavailable const&) {
        co_return gateway::unavailable_response();
    } catch (storage::SqlFailure const& e) {
        ops::write_log(ops::Level::error, "aggregator.failed", ops::field("problem", e.what()));
    } catch (std::exception const&) {
        ops::write_log(ops::Level::error, "aggregator.failed");
    }
    co_return gateway::internal_error_response();
}

Response SmallApplication::refuse(int status) const {
    return problem_response(status);
}

Task<net::Application::Upgrade> SmallApplication::upgrade(Request) {
    co_return Upgrade{nullptr, problem_response(404)};
}

Method FiguresApplication::method_of(std::string_view path) const {
    return path == "/v1/statistics" || path == "/healthz" ? Method::get : Method::other;
}

Task<Response> FiguresApplication::answer(Request const& request) {
    if (request.path == "/healthz") co_return Response{200, "application/json", R"({"status":"ok"})", {}};
    auto question = decode_question(request.query);
    if (!question) co_return problem_response(question.error());
    auto const published = co_await service_.answer(*std::move(question));
    if (!published) co_return problem_response(published.error());
    co_return Response{200, "application/json", encode(*published), {}};
}

Method LinkApplication::method_of(std::string_view path) const {
    return path == "/frames" ? Method::post : Method::other;
}

bool LinkApplication::plausible(ReceivedFrame const& frame) const {
    return policies_.find(frame.metric) != nullptr && frame.bucket <= std::numeric_limits<std::int16_t>::max() &&
           frame.epoch <= std::numeric_limits<std::int32_t>::max() && frame.value >= statistics::Frame::suppressed;
}

Task<Response> LinkApplication::answer(Request const& request) {
    // First: nothing is parsed that does not come from the server.
    if (!statistics::link_mac_is_genuine(key_, request.body, request.header(statistics::link_header)))
        co_return problem_response(401);
    auto frames = statistics::read_frames(request.body);
    if (!frames || !std::all_of(frames->begin(), frames->end(), [this](auto const& f) { return plausible(f); }))
        co_return problem_response(400);
    auto const stored = co_await figures_.store(*std::move(frames));
    if (!stored) co_return problem_response(stored.error());
    co_return Response{204, "application/json", "", {}};
}

}  // namespace samtal::aggregate
