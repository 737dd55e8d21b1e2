"""How a contradiction is told: file, line, key and reason."""
from __future__ import annotations

import functools
import pathlib
import re

HEADER = re.compile(r"\s*\[([\w.-]+)\]")
KEY = re.compile(r"\s*([\w.-]+)\s*=")


class RegisterError(Exception):
    """Says which key contradicts what, and where it stands."""


@functools.cache
def _lines(path: pathlib.Path) -> dict[tuple[str, ...], int]:
    """Where each key stands. Keys of inline tables stand where their table does."""
    found: dict[tuple[str, ...], int] = {}
    above: tuple[str, ...] = ()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if header := HEADER.match(line):
            above = tuple(header[1].split("."))
            found.setdefault(above, number)
        elif key := KEY.match(line):
            found.setdefault(above + tuple(key[1].split(".")), number)
    return found


def line_of(path: pathlib.Path, key: str) -> int:
    """The line of `key`, or of the nearest table above it when it is absent."""
    parts = tuple(key.split("."))
    known = _lines(path)
    return next((known[parts[:n]] for n in range(len(parts), 0, -1) if parts[:n] in known), 1)


def refuse(path: pathlib.Path, key: str, problem: str) -> None:
    raise RegisterError(f"{path}:{line_of(path, key)}: {key}: {problem}")


def want(path: pathlib.Path, key: str, good: bool, problem: str) -> None:
    if not good:
        refuse(path, key, problem)


def only(path: pathlib.Path, prefix: str, table: dict, known: set[str], needed: set[str]) -> None:
    for key in table:
        want(path, prefix + key, key in known, "unknown key")
    for key in sorted(needed):
        want(path, prefix + key, key in table, "is missing")
