#pragma once

#include "samtal/gateway/router.hpp"

#include <string_view>

namespace samtal::gateway {

/// OpenAPI 3.1 and AsyncAPI 3, merged at build time from the parts that lie beside the handlers.
extern std::string_view const openapi_document;
extern std::string_view const asyncapi_document;

/// `GET /openapi.json` and `GET /asyncapi.json`.
void add_document_routes(Router&);

/// For the admin socket: what `shown` (which outlives `admin`) routes, as
/// {"routes":[{method, path, entrance, purpose|null, creates, body_limit}],"frames":[{type, purpose}]}.
void add_listing_route(Router& admin, Router const& shown);

}  // namespace samtal::gateway
