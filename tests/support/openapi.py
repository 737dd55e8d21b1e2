"""Holds every exchange with a server against its OpenAPI document, and remembers what of the document has been seen."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from support.schemas import Json, Schemas

JSON, PROBLEM = "application/json", "application/problem+json"
AT_THE_GATE = {400, 404, 405, 408, 413, 415, 426, 429, 431, 500, 501, 503, 505}  # also for what is no operation


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    url: str
    sent_headers: dict[str, str]  # lower-case names
    sent: bytes
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0]


def accepted(exchange: Exchange) -> Any:
    """What the server took of a body: an answer that names rejected records took the others."""
    sent, answer = json.loads(exchange.sent or b"{}"), json.loads(exchange.body or b"{}")
    named = [one for value in answer.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    rejected = {one["index"] for one in named if "index" in one and "problem" in one}

    def kept(value: Any) -> Any:
        return [one for index, one in enumerate(value) if index not in rejected] if isinstance(value, list) else value

    return {key: kept(value) for key, value in sent.items()} if isinstance(sent, dict) and rejected else kept(sent)


class OpenApi:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas = Schemas(document)
        self.seen: set[tuple[str, str]] = set()  # operation and status
        paths = sorted(document["paths"], key=lambda path: path.count("{"))
        self._paths = [(re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), path) for path in paths]

    def operation(self, method: str, url: str) -> Json | None:
        path = urlsplit(url).path
        for pattern, known in self._paths:
            if pattern.fullmatch(path) and method.lower() in self.document["paths"][known]:
                return self.document["paths"][known][method.lower()]
        return None

    def problems(self, exchange: Exchange) -> list[str]:
        """What of an exchange the document does not describe."""
        operation = self.operation(exchange.method, exchange.url)
        if operation is None:
            return list(self._at_the_gate(exchange))
        name, status = operation["operationId"], str(exchange.status)
        if status not in operation["responses"]:
            return [] if exchange.status in (408, 431, 501, 505) else [f"{name} does not describe {status}"]
        found = list(self._answer(f"{name} {status}", self._resolved(operation["responses"][status]), exchange))
        if exchange.status < 300:
            found += self._request(name, operation, exchange)
        if not found:
            self.seen.add((name, status))
        return [f"{name} {status}: {one}" for one in found]

    def _resolved(self, node: Json) -> Json:
        if "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            return self.document["components"][kind][name]
        return node

    def _at_the_gate(self, exchange: Exchange) -> Iterator[str]:
        if exchange.status not in AT_THE_GATE or exchange.content_type != PROBLEM:
            yield f"{exchange.method} {urlsplit(exchange.url).path} is described nowhere and answers {exchange.status}"
            return
        yield from self.schemas.problems({"$ref": "#/components/schemas/Problem"}, json.loads(exchange.body), "Problem")

    def _answer(self, name: str, response: Json, exchange: Exchange) -> Iterator[str]:
        for header, said in response.get("headers", {}).items():
            if said.get("required") and header.lower() not in exchange.headers:
                yield f"has no header {header}"
        content = response.get("content")
        if content is None:
            if exchange.body:
                yield "has a body"
        elif exchange.content_type not in content:
            yield f"is {exchange.content_type}"
        elif "schema" in content[exchange.content_type]:
            yield from self.schemas.problems(content[exchange.content_type]["schema"], json.loads(exchange.body), name)

    def _request(self, name: str, operation: Json, exchange: Exchange) -> Iterator[str]:
        if operation["security"] and not {"authorization", "cookie"} & exchange.sent_headers.keys():
            yield "was answered without a credential"
        yield from self._parameters(name, operation, exchange)
        body = operation.get("requestBody")
        if body is None:
            if exchange.sent not in (b"", b"{}"):
                yield "took a body"
        elif exchange.sent or body.get("required"):
            sent_type = exchange.sent_headers.get("content-type", JSON).split(";")[0]
            if sent_type not in body["content"]:
                yield f"took {sent_type}"
            elif sent_type == JSON and not operation.get("x-loose"):
                yield from (f"sent: {one}" for one in self.schemas.problems(
                    body["content"][JSON]["schema"], accepted(exchange), f"{name} request"))

    def _parameters(self, name: str, operation: Json, exchange: Exchange) -> Iterator[str]:
        described = [self._resolved(one) for one in operation.get("parameters", [])]
        query = {one["name"]: one for one in described if one["in"] == "query"}
        given = dict(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True))
        if operation.get("x-loose"):
            given = {key: text for key, text in given.items() if key in query}
        for key, text in given.items():
            if key not in query:
                yield f"took the query parameter {key}"
                continue
            schema = query[key]["schema"]
            value: Any = int(text) if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text) else text
            yield from (f"?{key}: {one}" for one in self.schemas.problems(schema, value, f"{name} ?{key}"))
            self.schemas.seen.add(f"{name} ?{key}")
        for key, one in query.items():
            if one.get("required") and key not in given:
                yield f"did without the query parameter {key}"
        if "idempotency-key" in exchange.sent_headers:
            self.schemas.seen.add(f"{name} Idempotency-Key")

    def never_seen(self) -> list[str]:
        """Every operation, kind of success, query parameter and field that no exchange has shown."""
        missing: set[str] = set()
        for item in self.document["paths"].values():
            for operation in item.values():
                missing |= set(self._unseen(operation))
        return sorted(missing)

    def _unseen(self, operation: Json) -> Iterator[str]:
        name = operation["operationId"]
        for status, response in operation["responses"].items():
            if status[0] not in "12":
                continue
            if (name, status) not in self.seen:
                yield f"{name} {status}"
            for media in self._resolved(response).get("content", {}).values():
                yield from self.schemas.unseen(media.get("schema", {}), f"{name} {status}")
        for parameter in map(self._resolved, operation.get("parameters", [])):
            if parameter["in"] == "query" and f"{name} ?{parameter['name']}" not in self.schemas.seen:
                yield f"{name} ?{parameter['name']}"
            if parameter["name"] == "Idempotency-Key" and f"{name} Idempotency-Key" not in self.schemas.seen:
                yield f"{name} Idempotency-Key"
        body = {} if operation.get("x-loose") else operation.get("requestBody", {})
        for media in body.get("content", {}).values():
            yield from self.schemas.unseen(media.get("schema", {}), f"{name} request")
