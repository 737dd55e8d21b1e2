"""From the short form of routes to OpenAPI 3.1.

"paths": {"/v1/things/{id}": {"get": {
    "id": "readThing", "tag": "Things", "summary": "…", "description": "…",
    "entrance": "person",            as the route was added; open, doorstep, person, receipt, machine
    "purpose": "things",             of the register; absent for open routes
    "path": {"id": "The thing"},     each {…} of the path
    "query": {"at": {…schema…}},     optional unless the schema says "x-required"
    "page": [50, 200],               cursor and limit: usual and greatest page
    "headers": {"Sec-GPC": {…}},
    "creates": true,                 honours Idempotency-Key
    "body": "Thing",                 a schema's name, "[Thing]" for an array, or a whole requestBody
    "answers": {"200": ["The thing.", "Thing"], "204": ["Gone."]},   "page of Thing" for lists; or a whole response
    "loose": true,                   somebody else's format: what is not known of body and query is dropped
    "problems": ["not-found"]        beyond those of its entrance, purpose and method
}}}
"""
from __future__ import annotations

from typing import Any

from parts import Json, PartError

MEDIA, PROBLEM_MEDIA, URN = "application/json", "application/problem+json", "urn:samtal:problem:"
SECURITY = {"open": [], "doorstep": [], "person": [{"bearer": []}, {"cookie": []}],
            "receipt": [{"bearer": []}, {"cookie": []}, {"receipt": []}],
            "machine": [{"switch": []}, {"switch_basic": []}]}
ENTRANCE_PROBLEMS = {"open": [], "doorstep": ["origin-refused"], "person": ["unauthenticated"],
                     "receipt": ["unauthenticated"], "machine": ["unauthenticated"]}


def reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def schema_of(said: Any) -> Json:
    if not isinstance(said, str):
        return said
    if said.startswith("["):
        return {"type": "array", "items": reference("schemas", said.strip("[]"))}
    return reference("schemas", said.removeprefix("page of ") + ("Page" if said.startswith("page of ") else ""))


def parameters(path: str, route: Json) -> list[Json]:
    found = [{"name": name, "in": "path", "required": True, "description": said, "schema": {"type": "string"}}
             for name, said in route.get("path", {}).items()]
    if sorted(f"{{{p['name']}}}" for p in found) != sorted(s for s in path.split("/") if s.startswith("{")):
        raise PartError(f"{path}: \"path\" does not describe each segment in braces")
    for where in ("query", "headers"):
        for name, schema in route.get(where, {}).items():
            rest = {key: value for key, value in schema.items() if key not in ("description", "x-required")}
            found.append({"name": name, "in": "query" if where == "query" else "header", "schema": rest,
                          "required": schema.get("x-required", False), "description": schema["description"]})
    if "page" in route:
        usual, most = route["page"]
        limit = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
        found.append(reference("parameters", "cursor"))
        found.append({"name": "limit", "in": "query", "description": "How many items at most.", "schema": limit})
    if route.get("creates"):
        found.append(reference("parameters", "idempotency_key"))
    return found


def problem_names(method: str, route: Json, purposes: Json) -> list[str]:
    names = ["invalid-request", "too-large", "internal-error", "unavailable", *ENTRANCE_PROBLEMS[route["entrance"]]]
    if route["entrance"] in ("person", "receipt"):
        names += ["origin-refused"] if method != "get" else []
        purpose = purposes[route["purpose"]]
        names += ["processing-restricted"] if purpose.get("honours_restriction", True) else []
        names += ["consent-required"] if purpose.get("choice") == "opt_in" else []
    if method in ("post", "put", "patch"):
        names.append("unsupported-media-type")
    if route.get("creates"):
        names += ["idempotency-key-reused", "in-progress"]
    return sorted({*names, *route.get("problems", [])})


def problem_response(names: list[str], catalogue: Json, status: int) -> Json:
    said = "\n".join(f"- `{name}`: {catalogue[name]['description']}" for name in names)
    types: Json = {"type": "object", "properties": {"type": {"enum": [URN + name for name in names]}}}
    response: Json = {"description": said, "content": {
        PROBLEM_MEDIA: {"schema": {"allOf": [reference("schemas", "Problem"), types]}}}}
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "30"}, 503: {"Retry-After": "1"}}.get(status)
    if headers:
        response["headers"] = {name: {"required": True, "schema": {"type": "string", "examples": [value]}}
                               for name, value in headers.items()}
    return response


def refusals(names: list[str], catalogue: Json, shared: Json) -> Json:
    """Responses by status; equal ones are one component."""
    by_status: dict[int, list[str]] = {}
    for name in names:
        if name not in catalogue:
            raise PartError(f"no part describes the problem {name}")
        by_status.setdefault(catalogue[name]["status"], []).append(name)
    found = {}
    for status, several in sorted(by_status.items()):
        label = "_or_".join(several)
        shared[label] = problem_response(several, catalogue, status)
        found[str(status)] = reference("responses", label)
    return found


def answer(said: Any) -> Json:
    if isinstance(said, dict):
        return said
    response: Json = {"description": said[0]}
    if len(said) > 1:
        response["content"] = {MEDIA: {"schema": schema_of(said[1])}}
    return response


def operation(path: str, method: str, route: Json, whole: Json, responses: Json, purposes: Json) -> Json:
    made = {"operationId": route["id"], "tags": [route["tag"]], "summary": route["summary"]}
    if "description" in route:
        made["description"] = route["description"]
    made["security"] = SECURITY[route["entrance"]]
    if found := parameters(path, route):
        made["parameters"] = found
    if "body" in route:
        body = route["body"]
        made["requestBody"] = body if isinstance(body, dict) and "content" in body else {
            "required": True, "content": {MEDIA: {"schema": schema_of(body)}}}
    made["responses"] = {status: answer(said) for status, said in route["answers"].items()}
    refused = refusals(problem_names(method, route, purposes), whole["problems"], responses)
    made["responses"] |= {status: one for status, one in refused.items() if status not in made["responses"]}
    made["x-entrance"] = route["entrance"]
    if route.get("loose"):
        made["x-loose"] = True
    if "purpose" in route:
        made["x-purpose"] = route["purpose"]
    return made


def page_schemas(paths: Json) -> Json:
    wanted = {said[1].removeprefix("page of ") for route in paths.values() for one in route.values()
              for said in one["answers"].values() if len(said) > 1 and isinstance(said, list)
              and isinstance(said[1], str) and said[1].startswith("page of ")}
    return {f"{name}Page": {"type": "object", "required": ["items", "next_cursor"], "properties": {
        "items": {"type": "array", "items": reference("schemas", name)},
        "next_cursor": reference("schemas", "NextCursor")}} for name in sorted(wanted)}


def document(whole: Json, purposes: Json, version: str) -> Json:
    responses: Json = {}
    paths = {path: {method: operation(path, method, route, whole, responses, purposes)
                    for method, route in routes.items()} for path, routes in sorted(whole["paths"].items())}
    components = {"schemas": dict(sorted((whole["schemas"] | page_schemas(whole["paths"])).items())),
                  "responses": dict(sorted(responses.items())), "parameters": whole["parameters"],
                  "securitySchemes": whole["securitySchemes"]}
    return {"openapi": "3.1.0", "info": {"title": "Samtal", "version": version}, "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": said} for name, said in whole["tags"].items()],
            "paths": paths, "components": components}
