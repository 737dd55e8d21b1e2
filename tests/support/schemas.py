"""JSON Schema as the served documents use it, read more strictly than they are meant for clients."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]


def closed(node: Any, *, inside_all_of: bool = False) -> Any:
    """The same, but objects have no other fields than those that are described. Clients are to ignore what is new; what
    is not described is a fault here."""
    if isinstance(node, list):
        return [closed(one, inside_all_of=inside_all_of) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: closed(value, inside_all_of=key == "allOf") for key, value in node.items()}
    if isinstance(made.get("properties"), dict) and not inside_all_of:
        made.setdefault("additionalProperties", False)
    return made


class Schemas:
    """The schemas of one document, with what of them has been seen in use."""

    def __init__(self, document: Json) -> None:
        self._components = closed(document["components"])
        self._validators: dict[str, Draft202012Validator] = {}
        self.seen: set[str] = set()

    def problems(self, schema: Json, value: Any, name: str) -> list[str]:
        """What is wrong with a value; when nothing is, its fields count as seen. `name` is unique for an inline schema."""
        if name not in self._validators:
            strict = {**closed(schema), "components": self._components}
            self._validators[name] = Draft202012Validator(strict, format_checker=FormatChecker(["uuid"]))
        found = [f"{'/'.join(map(str, one.absolute_path)) or 'it'}: {one.message[:300]}"
                 for one in self._validators[name].iter_errors(value)]
        if not found:
            self._see(schema, value, name)
        return found

    def _resolve(self, schema: Json, name: str) -> tuple[Json, str]:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self._components["schemas"][name]
        return schema, name

    def _see(self, schema: Json, value: Any, name: str) -> None:
        schema, name = self._resolve(schema, name)
        for one in [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]:
            inner, inner_name = self._resolve(one, name)
            if "oneOf" not in schema or self._fits(inner, value):
                self._see(inner, value, inner_name)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self._see(schema["items"], item, f"{name}[]")
        if isinstance(value, dict):
            for key, inner in schema.get("properties", {}).items():
                if key in value:
                    self.seen.add(f"{name}.{key}")
                    self._see(inner, value[key], f"{name}.{key}")
            if isinstance(rest := schema.get("additionalProperties"), dict):
                for key in value.keys() - schema.get("properties", {}).keys():
                    self._see(rest, value[key], f"{name}.*")

    def _fits(self, schema: Json, value: Any) -> bool:
        return Draft202012Validator({**closed(schema), "components": self._components}).is_valid(value)

    def unseen(self, schema: Json, name: str) -> set[str]:
        return set(self.fields(schema, name)) - self.seen

    def fields(self, schema: Json, name: str, known: set[str] | None = None) -> Iterator[str]:
        """Every field that a schema describes, named as they are when seen."""
        known = set() if known is None else known
        if "$ref" in schema:
            schema, name = self._resolve(schema, name)
            if name in known:
                return
            known.add(name)
        for one in [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]:
            yield from self.fields(one, name, known)
        if "items" in schema:
            yield from self.fields(schema["items"], f"{name}[]", known)
        for key, inner in schema.get("properties", {}).items():
            yield f"{name}.{key}"
            yield from self.fields(inner, f"{name}.{key}", known)
        if isinstance(rest := schema.get("additionalProperties"), dict):
            yield from self.fields(rest, f"{name}.*", known)
