"""Marked secrets, and a search that finds them on disk however they are encoded."""
from __future__ import annotations

import base64
import itertools
import pathlib
import secrets
import string
import zlib
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
             "utf-16-be": text.encode("utf-16-be"), "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(),
             "reversed": raw[::-1], "json": "".join(f"\\u{ord(c):04x}" for c in text).encode(),
             "url": "".join(f"%{byte:02X}" for byte in raw).encode()}
    forms |= {f"base64-{index}": form for index, form in enumerate(_base64_forms(raw))}
    return forms


@dataclass(frozen=True)
class Finding:
    path: pathlib.Path
    canary: str
    encoding: str


# How compressed data begins, and the window bits that zlib wants for it: gzip, zlib, and an entry of a ZIP file.
STREAMS = {b"\x1f\x8b\x08": 31, b"\x78\x01": 15, b"\x78\x9c": 15, b"\x78\xda": 15, b"PK\x03\x04": -15}
LONGEST_STREAM = 64 * 1024 * 1024


def inflated(data: bytes) -> Iterator[bytes]:
    """What compressed streams in the data hold. Most places that look like one are none, which shows at once."""
    for magic, window in STREAMS.items():
        at = data.find(magic)
        while at >= 0:
            begin = at
            if window < 0:  # a ZIP entry: its fixed header, its name and its extra field come first
                begin += 30 + int.from_bytes(data[at + 26:at + 28], "little") + int.from_bytes(data[at + 28:at + 30], "little")
            try:
                yield zlib.decompressobj(window).decompress(data[begin:begin + LONGEST_STREAM], LONGEST_STREAM)
            except zlib.error:
                pass
            at = data.find(magic, at + 1)


def search_bytes(data: bytes, canaries: dict[str, str], path: pathlib.Path) -> Iterator[Finding]:
    forms = [(name, encoding, form) for name, text in canaries.items() for encoding, form in encodings(text).items()]
    yield from (Finding(path, name, encoding) for name, encoding, form in forms if data.find(form) >= 0)
    for stream in inflated(data):
        yield from (Finding(path, name, f"inflated {encoding}") for name, encoding, form in forms if form in stream)


def search(paths: Iterable[pathlib.Path], canaries: dict[str, str]) -> list[Finding]:
    """Where the canaries (name → text) occur in files; files that vanish meanwhile are passed over."""
    found: list[Finding] = []
    for path in paths:
        try:
            found += search_bytes(path.read_bytes(), canaries, path)  # not mapped: a file that shrinks would be a bus error
        except FileNotFoundError:
            continue
    return found
