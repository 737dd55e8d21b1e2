#include "listing_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::gateway {

using nlohmann::json;

std::string encode_listing(Router const& router) {
    json routes = json::array();
    for (Router::Route const& route : router.routes())
        routes.push_back({{"method", name_of(route.method)},
                          {"path", route.pattern},
                          {"entrance", name_of(route.entrance)},
                          {"purpose", route.purpose.empty() ? json(nullptr) : json(route.purpose)},
                          {"creates", route.options.creates},
                          {"body_limit", route.options.body_limit}});
    json frames = json::array();
    for (auto const& [type, frame] : router.frames())
        frames.push_back({{"type", type}, {"purpose", frame.purpose}});
    return json{{"routes", std::move(routes)}, {"frames", std::move(frames)}}.dump();
}

}  // namespace samtal::gateway
