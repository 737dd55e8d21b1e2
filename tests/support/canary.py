"""Marked secrets, and a search that finds them on disk however they are encoded."""
from __future__ import annotations

import base64
import itertools
import mmap
import pathlib
import secrets
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


def marker() -> str:
    """Lower-case letters and digits that occur nowhere by chance and survive every normalisation."""
    alphabet = string.ascii_lowercase + string.digits
    return "q" + "".join(secrets.choice(alphabet) for _ in range(13))


class Brood:
    """Canaries of one run: all begin with one of two stems, so that a search for the stems finds every one."""

    def __init__(self) -> None:
        self.stem = marker()
        self.number_stem = f"4676{secrets.randbelow(90_000) + 10_000}"
        self._words, self._numbers = itertools.count(10), itertools.count(10)

    def word(self) -> str:
        """A name, address, text or password of sixteen characters."""
        return f"{self.stem}{next(self._words)}"

    def number(self) -> str:
        """A telephone number."""
        return f"+{self.number_stem}{next(self._numbers)}"

    @property
    def stems(self) -> dict[str, str]:
        return {"a word": self.stem, "a number": self.number_stem}


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    """The part of a base64 text that depends on `raw` alone, for each place where `raw` may begin."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        first = (0, 2, 3)[shift]
        last = (shift + len(raw)) * 8 // 6
        for text in (whole, whole.translate(bytes.maketrans(b"+/", b"-_"))):
            yield text[first:last]


def encodings(text: str) -> dict[str, bytes]:
    """Every form in which the search looks for a text."""
    raw = text.encode()
    forms = {"raw": raw, "upper": text.upper().encode(), "utf-16": text.encode("utf-16-le"),
             "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(), "reversed": raw[::-1]}
    forms |= {f"base64-{index}": form for index, form in enumerate(_base64_forms(raw))}
    return forms


@dataclass(frozen=True)
class Finding:
    path: pathlib.Path
    canary: str
    encoding: str


def search_bytes(data: bytes | mmap.mmap, canaries: dict[str, str], path: pathlib.Path) -> Iterator[Finding]:
    for name, text in canaries.items():
        for encoding, form in encodings(text).items():
            if data.find(form) >= 0:
                yield Finding(path, name, encoding)


def search(paths: Iterable[pathlib.Path], canaries: dict[str, str]) -> list[Finding]:
    """Where the canaries (name → text) occur in files; files that vanish meanwhile are passed over."""
    found: list[Finding] = []
    for path in paths:
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                found += search_bytes(data, canaries, path)
        except (FileNotFoundError, ValueError):  # ValueError: an empty file cannot be mapped
            continue
    return found
