"""Makes every test a test of the documents: what clients send and get is held against what the server says of itself."""
from __future__ import annotations

import json
from typing import Any

import requests

from support.asyncapi import AsyncApi
from support.openapi import Exchange, OpenApi

violations: list[str] = []  # also of threads, whose failures nobody would see
_openapi: dict[str, OpenApi] = {}
_asyncapi: dict[str, AsyncApi] = {}


def watch(base: str) -> None:
    """From now on, exchanges with this server are checked. Servers with equal documents share what has been seen."""
    for path, kind, known in (("/openapi.json", OpenApi, _openapi), ("/asyncapi.json", AsyncApi, _asyncapi)):
        with requests.Session() as session:
            session.trust_env = False
            document = session.get(base + path, timeout=30).json()
        same = next((one for one in known.values() if one.document == document), None)  # type: ignore[attr-defined]
        known[base] = same or kind(document)  # type: ignore[index]


def openapi(base: str) -> OpenApi:
    return _openapi[base]


def asyncapi(base: str) -> AsyncApi:
    return _asyncapi[base]


def _demand(found: list[str]) -> None:
    violations.extend(found)
    assert not found, f"not as documented: {found}"


def exchanged(base: str, response: requests.Response) -> None:
    if base not in _openapi:
        return
    request = response.request
    sent = request.body.encode() if isinstance(request.body, str) else request.body
    if sent is not None and not isinstance(sent, bytes):
        return  # sent piece by piece
    _demand(_openapi[base].problems(Exchange(
        request.method or "", request.url or "", {name.lower(): value for name, value in request.headers.items()},
        sent or b"", response.status_code, {name.lower(): value for name, value in response.headers.items()},
        response.content)))


class Frames:
    """One socket's frames. Whether the server took a frame with an `id` shows in the answer."""

    def __init__(self, port: int) -> None:
        self._known = _asyncapi.get(f"http://127.0.0.1:{port}")
        self._asked: dict[str, dict[str, Any]] = {}

    def sent(self, frame: dict[str, Any]) -> None:
        if self._known is None:
            return
        if "id" in frame and self._known.answers(frame):
            self._asked[json.dumps(frame["id"])] = frame
        else:
            self._known.sent(frame)  # whether it is refused cannot be told for each

    def received(self, frame: dict[str, Any]) -> None:
        if self._known is None:
            return
        _demand(self._known.received(frame))
        asked = self._asked.pop(json.dumps(frame["re"]), None) if "re" in frame else None
        if asked is not None and frame["type"] != "error":
            _demand(self._known.sent(asked))
