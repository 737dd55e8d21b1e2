"""Strict at the door: bodies that are not exactly what a call takes answer 400, never 5xx."""
from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from support import people
from support.client import Client, fields_of, ok, problem
from support.people import Person
from support.platform import Platform

JSON_TYPE = {"Content-Type": "application/json"}
GOOD = '{"username":"nobody.at.all","password":"fel men tillrackligt langt"}'


@pytest.mark.parametrize("body", [
    "", " ", "[]", "7", "null", '"x"', "{", "}", "{} {}", GOOD + "x", GOOD[:-1], "{'username':'x'}",
    "[" * 100_000, '{"username":' + "[" * 40 + "]" * 40 + ',"password":"x"}',
    '{"username":' + '{"a":' * 40_000, '{"username":"a","username":"b","password":"x"}',
    '{"username":"a\\u0000","password":"fel men tillrackligt langt"}',
    '{"user\\u0000name":"a","password":"x"}', '{"username":"\\ud800","password":"fel men tillrackligt langt"}',
    '{"username":NaN,"password":"x"}', '{"username":1e999,"password":"x"}', '// c\n' + GOOD, GOOD[:-1] + ",}",
    "\ufeff" + GOOD, '{"username":"a\nb","password":"fel men tillrackligt langt"}', '{"username":01,"password":"x"}'])
def test_a_body_that_is_no_plain_object_is_refused(anyone: Client, body: str) -> None:
    problem(anyone.call("POST", "/v1/login", data=body.encode("utf-8"), headers=JSON_TYPE), 400)


@pytest.mark.parametrize("raw", [b'{"username":"\xff\xfe","password":"x"}', b'{"username":"\xc0\x80","password":"x"}',
                                 b'{"username":"\xed\xa0\x80","password":"x"}', GOOD.encode("utf-16")])
def test_a_body_that_is_no_utf8_is_refused(anyone: Client, raw: bytes) -> None:
    problem(anyone.call("POST", "/v1/login", data=raw, headers=JSON_TYPE), 400)


def test_nesting_is_counted_not_suffered(anyone: Client) -> None:
    """Depth 31 below an unknown key is refused for the key, at once and in the same way as depth 100,000."""
    for depth in (31, 100, 100_000):
        body = '{"x":' + "[" * depth + "]" * depth + "}"
        problem(anyone.call("POST", "/v1/login", data=body, headers=JSON_TYPE), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json",
                                  "application/jsonp", "application/json; charset=latin-1", ""])
def test_another_content_type_is_refused(anyone: Client, kind: str) -> None:
    problem(anyone.call("POST", "/v1/login", data=GOOD, headers={"Content-Type": kind}), 415)


def test_the_character_set_may_be_named(anyone: Client) -> None:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    problem(anyone.call("POST", "/v1/login", data=GOOD, headers=kind), 401)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", "x"])
def test_any_content_encoding_is_refused(anyone: Client, coding: str) -> None:
    body = gzip.compress(GOOD.encode()) if coding == "gzip" else GOOD.encode()
    problem(anyone.call("POST", "/v1/login", data=body, headers=JSON_TYPE | {"Content-Encoding": coding}), 415)


def calls(who: Person, other: Person) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """A correct body for every call of this issue that takes one."""
    place = people.conversation(who, other)
    version = people.notice_version(who.platform)
    return {
        "activation": ("POST", "/v1/activation", {
            "activation_code": "x" * 20, "username": people.fresh_name(), "password": people.fresh_password(),
            "acknowledged_notice": version, "consents": {"marketing": False}}),
        "login": ("POST", "/v1/login", {
            "username": "nobody.at.all", "password": "fel men tillrackligt langt", "remember": True, "cookie": False,
            "device": {"name": "n", "platform": "linux", "app_version": "1"}}),
        "refresh": ("POST", "/v1/token/refresh", {"refresh_token": "nonsense"}),
        "reauthenticate": ("POST", "/v1/reauthenticate", {"password": "fel men tillrackligt langt"}),
        "password": ("POST", "/v1/me/password",
                     {"current": "fel men tillrackligt langt", "new": "ocksa fel men langt"}),
        "reset": ("POST", "/v1/password-reset", {"username": "nobody.at.all"}),
        "confirm": ("POST", "/v1/password-reset/confirm", {"code": "x" * 20, "password": "fel men tillrackligt langt"}),
        "profile": ("PATCH", "/v1/me/profile", {
            "given_name": "Anna", "family_name": "Andersson", "contact_numbers": ["+46701740605"],
            "visibility": {"email": "organisation"}}),
        "conversation": ("POST", "/v1/conversations", {"member_ids": [other.user_id], "title": "x"}),
        "message": ("POST", f"/v1/conversations/{place}/messages",
                    {"client_message_id": str(uuid.uuid4()), "text": "x"}),
        "consent": ("PUT", "/v1/consents/marketing", {"state": "refused", "notice_version": version}),
    }


NAMES = ("activation", "login", "refresh", "reauthenticate", "password", "reset", "confirm", "profile",
         "conversation", "message", "consent")


def replaced(value: Any, by: Any) -> Iterator[tuple[str, Any]]:
    """Every copy of `value` in which one scalar is `by`, with the path to that scalar."""
    if isinstance(value, dict):
        for key, member in value.items():
            for path, copy in replaced(member, by):
                yield f"{key}.{path}", value | {key: copy}
    elif isinstance(value, list):
        for index, member in enumerate(value):
            for path, copy in replaced(member, by):
                yield f"{index}.{path}", value[:index] + [copy] + value[index + 1:]
    elif type(value) is not type(by) or isinstance(by, str):
        yield "", by


@pytest.mark.parametrize("by", [{}, [], {"a": {"b": []}}, True, None, 7, -1, 1.5, 2 ** 33, 10 ** 30, "x" * 65536],
                         ids=["object", "array", "nested", "true", "null", "7", "-1", "1.5", "2e33", "1e30", "64KiB"])
@pytest.mark.parametrize("name", NAMES)
def test_a_scalar_replaced_by_something_else_is_refused(anna: Person, bo: Person, name: str, by: Any) -> None:
    method, path, body = calls(anna, bo)[name]
    for place, changed in replaced(body, by):
        answer = anna.client.call(method, path, json=changed)
        assert answer.status_code == 400, f"{place}: {answer.status_code} {answer.text[:200]}"
        problem(answer, 400)
    ok(anna.client.get("/v1/me"), 200)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_key_is_refused_by_name(anna: Person, bo: Person, name: str) -> None:
    method, path, body = calls(anna, bo)[name]
    refusal = problem(anna.client.call(method, path, json=body | {"unknown_key": 1}), 400)
    assert "unknown_key" in json.dumps(refusal["errors"])


@pytest.mark.parametrize("name", ["login", "reset", "confirm", "message", "consent", "refresh"])
def test_every_missing_key_is_named(anna: Person, bo: Person, name: str) -> None:
    method, path, body = calls(anna, bo)[name]
    for key in set(body) - {"remember", "cookie", "device"}:
        smaller = {member: value for member, value in body.items() if member != key}
        assert key in fields_of(problem(anna.client.call(method, path, json=smaller), 400))


def test_nothing_that_was_refused_took_effect(anna: Person, platform: Platform) -> None:
    profile = ok(anna.client.get("/v1/me/profile"), 200)
    assert (profile["given_name"], profile["family_name"]) == ("Anna", "Andersson")
    assert "x" * 65536 not in anna.client.get("/v1/conversations?limit=50").text
    assert ok(Client(platform.url).get("/readyz"), 200) is not False
