"""The objects of OpenAPI 3.1 and AsyncAPI 3 that our documents use, with the fields that the specifications give them."""
from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

Json = dict[str, Any]
TEXT: Json = {"type": "string", "minLength": 1}
ANY: Json = {"type": "object"}


def fixed(required: str, /, **fields: Any) -> Json:
    """An object with these fields and extensions, and no others."""
    return {"type": "object", "required": required.split(), "properties": fields, "additionalProperties": False,
            "patternProperties": {"^x-": {}}}


def each(value: Json, names: str = ".*") -> Json:
    return {"type": "object", "propertyNames": {"pattern": f"^{names}$"}, "additionalProperties": value}


def or_reference(value: Json) -> Json:
    reference = fixed("$ref", **{"$ref": {"type": "string", "pattern": "^#/"}})
    return {"if": {"required": ["$ref"]}, "then": reference, "else": value}


KEY = r"[a-zA-Z0-9._-]+"
MEDIA = each(fixed("", schema=ANY, example={}, examples=ANY))
HEADER = fixed("schema", description=TEXT, required={"type": "boolean"}, schema=ANY)
PARAMETER = fixed("name in schema", name=TEXT, **{"in": {"enum": ["query", "header", "path", "cookie"]}},
                  required={"type": "boolean"}, description=TEXT, schema=ANY)
PARAMETER["if"] = {"properties": {"in": {"const": "path"}}}
PARAMETER["then"] = {"properties": {"required": {"const": True}}, "required": ["required"]}
RESPONSE = fixed("description", description=TEXT, headers=each(HEADER), content=MEDIA)
OPERATION = fixed("operationId responses", operationId={"type": "string", "pattern": f"^{KEY}$"}, summary=TEXT,
                  description=TEXT, tags={"type": "array", "items": TEXT}, security={"type": "array", "items": each({"type": "array"})},
                  parameters={"type": "array", "uniqueItems": True, "items": or_reference(PARAMETER)},
                  requestBody=or_reference(fixed("content", description=TEXT, required={"type": "boolean"}, content=MEDIA)),
                  responses={**each(or_reference(RESPONSE), "[1-5](\\d\\d|XX)|default"), "minProperties": 1})
SCHEME = fixed("type", type={"enum": ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect", "httpApiKey"]}, description=TEXT,
               name=TEXT, scheme=TEXT, bearerFormat=TEXT, **{"in": {"enum": ["query", "header", "cookie"]}})
INFO = fixed("title version", title=TEXT, version=TEXT, description=TEXT)
OPENAPI = fixed(
    "openapi info paths", openapi={"type": "string", "pattern": r"^3\.1\.\d+$"}, info=INFO,
    servers={"type": "array", "items": fixed("url", url=TEXT, description=TEXT)},
    tags={"type": "array", "uniqueItems": True, "items": fixed("name", name=TEXT, description=TEXT)},
    paths=each(fixed("", **{method: OPERATION for method in ("get", "put", "post", "delete", "patch")}), "/.*"),
    components=fixed("", schemas=each(ANY, KEY), responses=each(or_reference(RESPONSE), KEY),
                     parameters=each(or_reference(PARAMETER), KEY), securitySchemes=each(SCHEME, KEY)))

REFERENCE = fixed("$ref", **{"$ref": {"type": "string", "pattern": "^#/"}})
REFERENCES: Json = {"type": "array", "minItems": 1, "items": REFERENCE}
MESSAGE = fixed("payload", name=TEXT, summary=TEXT, description=TEXT, contentType=TEXT, payload=ANY)
ASYNCAPI = fixed(
    "asyncapi info", asyncapi={"type": "string", "pattern": r"^3\.0\.\d+$"}, info=INFO, defaultContentType=TEXT,
    servers=each(fixed("host protocol", host=TEXT, protocol=TEXT, description=TEXT, security=REFERENCES,
                       variables=each(fixed("", default=TEXT, description=TEXT))), KEY),
    channels=each(fixed("", address=TEXT, description=TEXT, messages=each(REFERENCE, KEY)), KEY),
    operations=each(fixed("action channel", action={"enum": ["send", "receive"]}, channel=REFERENCE, summary=TEXT,
                          description=TEXT, messages=REFERENCES, reply=fixed("", channel=REFERENCE, messages=REFERENCES)), KEY),
    components=fixed("", schemas=each(ANY, KEY), messages=each(MESSAGE, KEY), securitySchemes=each(SCHEME, KEY)))


def _schemas_in(node: Any) -> list[Json]:
    """Whatever stands where a specification wants a schema."""
    if isinstance(node, list):
        return [one for item in node for one in _schemas_in(item)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("schema", "payload") if isinstance(node.get(key), dict)]
    return own + [one for value in node.values() for one in _schemas_in(value)]


def _problems(shape: Json, document: Json) -> list[str]:
    found = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}"
             for one in Draft202012Validator(shape).iter_errors(document)]
    for schema in [*document["components"]["schemas"].values(), *_schemas_in(document)]:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as problem:
            found.append(f"no JSON Schema: {problem.message[:200]}")
    return found


def openapi_problems(document: Json) -> list[str]:
    return _problems(OPENAPI, document)


def asyncapi_problems(document: Json) -> list[str]:
    return _problems(ASYNCAPI, document)
