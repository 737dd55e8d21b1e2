#include "samtal/gateway/documents.hpp"

#include "listing_codec.hpp"

namespace samtal::gateway {

namespace {

Task<Result<Reply>> told(std::string json) {
    co_return Reply{200, std::move(json), {}};
}

}  // namespace

void add_document_routes(Router& router) {
    router.open(net::Method::get, "/openapi.json", [](Ask const&) { return told(std::string{openapi_document}); });
    router.open(net::Method::get, "/asyncapi.json",
                [](Ask const&) { return told(std::string{asyncapi_document}); });
}

void add_listing_route(Router& admin, Router const& shown) {
    admin.open(net::Method::post, "/admin/routes", [&shown](Ask const&) { return told(encode_listing(shown)); });
}

}  // namespace samtal::gateway
