"""HTTP as a client developer sees it, and the shape every error has."""
from __future__ import annotations

from typing import Any

import requests

from support import conformance

PROBLEM = "urn:samtal:problem:"


class Client:
    """One caller: a base address and, once logged in, a bearer token. Follows no redirect, uses no proxy."""

    def __init__(self, base: str, token: str | None = None) -> None:
        self.base, self.token = base, token
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, timeout: float = 30,
             **options: Any) -> requests.Response:
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        answer = self.session.request(method, self.base + path, headers=sent, timeout=timeout,
                                      allow_redirects=False, **options)
        conformance.exchanged(self.base, answer)
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.call("POST", path, json=body, **options)

    def put(self, path: str, body: Any, **options: Any) -> requests.Response:
        return self.call("PUT", path, json=body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> requests.Response:
        return self.call("PATCH", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.call("DELETE", path, **options)


def ok(response: requests.Response, *statuses: int) -> Any:
    """The decoded body of an answer with one of `statuses` (any 2xx when none is given)."""
    expected = response.status_code in statuses if statuses else 200 <= response.status_code < 300
    assert expected, f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}"
    if not response.content:
        return None
    assert response.headers["Content-Type"].split(";")[0] == "application/json"
    return response.json()


def problem(response: requests.Response, status: int, name: str | None = None) -> dict[str, Any]:
    """The RFC 9457 document of a refusal, after checking the shape that all of them share."""
    said = f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}"
    assert response.status_code == status, said
    assert response.headers["Content-Type"].split(";")[0] == "application/problem+json", said
    document = response.json()
    assert document["type"].startswith(PROBLEM), said
    assert document["status"] == status, said
    assert isinstance(document["title"], str) and document["title"], said
    assert isinstance(document["instance"], str) and document["instance"], said
    if name is not None:
        assert document["type"] == PROBLEM + name, said
    return document


def fields_of(document: dict[str, Any]) -> set[str]:
    """The input fields that a 400 complains about."""
    return {error["field"] for error in document["errors"]}


def without_instance(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "instance"}


def items(response: requests.Response) -> list[Any]:
    """The items of a list answer, after checking the list's shape."""
    body = ok(response, 200)
    assert set(body) >= {"items", "next_cursor"}, body
    assert isinstance(body["items"], list)
    return body["items"]


def all_items(client: Client, path: str, limit: int) -> list[Any]:
    """Walks a list from page to page."""
    found: list[Any] = []
    cursor = ""
    for _ in range(1000):
        mark = "&" if "?" in path else "?"
        body = ok(client.get(f"{path}{mark}limit={limit}" + (f"&cursor={cursor}" if cursor else "")), 200)
        assert len(body["items"]) <= limit
        found += body["items"]
        if body["next_cursor"] is None:
            return found
        cursor = requests.utils.quote(body["next_cursor"], safe="")
    raise AssertionError("the list has no end")
