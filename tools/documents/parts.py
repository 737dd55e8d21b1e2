"""Reads the parts beside the handlers and lays them together; nothing may be said twice."""
from __future__ import annotations

import json
import pathlib
from typing import Any

Json = dict[str, Any]


class PartError(Exception):
    """What is wrong with a part, and where."""


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found: Json = {}
    for key, value in pairs:
        if key in found:
            raise PartError(f"{key} stands twice in one object")
        found[key] = value
    return found


def merged(source: pathlib.Path, name: str) -> Json:
    """The sections of all parts of that name, as {section: {key: value}}."""
    whole: Json = {}
    for path in sorted(source.glob(f"*/{name}")):
        try:
            part = json.loads(path.read_text(), object_pairs_hook=_once)
        except (PartError, ValueError) as problem:
            raise PartError(f"{path}: {problem}") from None
        for section, entries in part.items():
            into = whole.setdefault(section, {})
            for key, value in entries.items():
                if section == "paths":  # one path's methods may be several rooms'
                    add(into.setdefault(key, {}), value, f"{path}: {key}")
                else:
                    add(into, {key: value}, f"{path}: {section}")
    return whole


def add(into: Json, entries: Json, where: str) -> None:
    for key, value in entries.items():
        if key in into:
            raise PartError(f"{where}: {key} is described elsewhere too")
        into[key] = value
