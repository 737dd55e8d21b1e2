"""What the documents' own specifications ask for and a merge could get wrong."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parts import Json, PartError

METHODS = {"get", "post", "put", "patch", "delete"}


def references(node: Any, where: str = "#") -> Iterator[tuple[str, str]]:
    """Every $ref with the place where it stands."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield where, node["$ref"]
            if len(node) > 1:
                raise PartError(f"{where}: nothing may stand beside a $ref: not every reader heeds it")
        for key, value in node.items():
            yield from references(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from references(value, f"{where}/{index}")


def resolve(document: Json, reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or step not in node:
            raise KeyError(reference)
        node = node[step]
    return node


def references_resolve(document: Json) -> None:
    for where, reference in references(document):
        try:
            resolve(document, reference)
        except KeyError:
            raise PartError(f"{where}: {reference} is nowhere") from None


def nothing_idle(document: Json, kinds: tuple[str, ...]) -> None:
    """Components that nothing refers to are left over from something."""
    used = {reference for _, reference in references(document)}
    for kind in kinds:
        for name in document["components"][kind]:
            if f"#/components/{kind}/{name}" not in used:
                raise PartError(f"components/{kind}/{name} is used nowhere")


def openapi(document: Json) -> None:
    references_resolve(document)
    nothing_idle(document, ("schemas", "responses", "parameters"))
    tags, ids = {tag["name"] for tag in document["tags"]}, set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            if method not in METHODS:
                raise PartError(f"{where}: no method")
            if operation["operationId"] in ids:
                raise PartError(f"{where}: the id {operation['operationId']} is another operation's")
            ids.add(operation["operationId"])
            if not set(operation["tags"]) <= tags:
                raise PartError(f"{where}: a tag that no part describes")
            if not any(status[0] in "12" for status in operation["responses"]):
                raise PartError(f"{where}: nothing says what success looks like")
            schemes = {name for one in operation["security"] for name in one}
            if not schemes <= set(document["components"]["securitySchemes"]):
                raise PartError(f"{where}: a security scheme that no part describes")


def asyncapi(document: Json) -> None:
    references_resolve(document)
    nothing_idle(document, ("schemas",))
    used = {ref for _, ref in references([document["operations"], document["channels"]])}
    for name in document["components"]["messages"]:
        if f"#/channels/socket/messages/{name}" not in used:
            raise PartError(f"the frame {name} is neither sent nor received")
    for name, operation in document["operations"].items():
        if operation["action"] not in ("send", "receive"):
            raise PartError(f"{name}: an action is send or receive")
