"""The search itself: a check that cannot find a planted leak proves nothing."""
from __future__ import annotations

import base64
import gzip
import io
import json
import pathlib
import zipfile
import zlib

import pytest

from support import canary

def zipped(text: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("other.txt", "nothing here" * 100)
        file.writestr("data/profiles.jsonl", json.dumps({"name": text}))
    return archive.getvalue()


LEAKS = {
    "raw": lambda text: f"level=info user={text}!".encode(),
    "upper case": lambda text: text.upper().encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "hex": lambda text: b"\\x00" + text.encode().hex().encode(),
    "upper-case hex": lambda text: text.encode().hex().upper().encode(),
    "reversed": lambda text: text[::-1].encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 in a text": lambda text: base64.b64encode(f'{{"a":"{text}","b":1}}'.encode()),
    "base64 in a longer text": lambda text: base64.b64encode(f'{{"ab":"{text}","b":1}}'.encode()),
    "big-endian utf-16": lambda text: text.encode("utf-16-be"),
    "escaped for JSON": lambda text: "".join(f"\\u{ord(c):04x}" for c in text).encode(),
    "escaped for an URL": lambda text: "".join(f"%{ord(c):02X}" for c in text).encode(),
    "gzip": lambda text: gzip.compress(b"x" * 500 + text.encode()),
    "zlib": lambda text: zlib.compress(b"x" * 500 + text.encode()),
    "base64 in gzip": lambda text: gzip.compress(base64.b64encode(text.encode())),
    "ZIP": zipped,
    "base64 in a still longer text": lambda text: base64.urlsafe_b64encode(f'{{"abc":"{text}"}}'.encode()),
}


@pytest.mark.parametrize("kind", LEAKS)
def test_a_planted_leak_is_found(tmp_path: pathlib.Path, kind: str) -> None:
    text, leak = canary.marker(), tmp_path / "leak"
    leak.write_bytes(b"\0" * 8192 + LEAKS[kind](text) + b"\0" * 100)
    found = canary.search([leak, tmp_path / "absent"], {"planted": text})
    assert found and {finding.canary for finding in found} == {"planted"}


def test_nothing_is_found_where_nothing_is(tmp_path: pathlib.Path) -> None:
    clean, empty = tmp_path / "clean", tmp_path / "empty"
    clean.write_bytes(canary.marker().encode() * 100)
    empty.touch()
    assert canary.search([clean, empty], {"other": canary.marker()}) == []
