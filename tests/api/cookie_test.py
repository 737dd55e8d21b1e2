"""B1 in a browser: the session cookie and where it may be used from."""
from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests

from support import people
from support.client import Client, ok, problem
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform

ALLOWED = "https://app.example.org"
FOREIGN = ("https://evil.example", "https://app.example.org.evil.example", "http://app.example.org", "null",
           "https://app.example.org:8443", "https://app.example.org/", "HTTPS://APP.EXAMPLE.ORG")
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "samtal.v1"}


def browser_login(who: Person) -> requests.Response:
    body = {"username": who.username, "password": who.password, "cookie": True}
    return Client(who.platform.url).post("/v1/login", body, headers={"Origin": ALLOWED})


@pytest.fixture
def cookie(anna: Person) -> dict[str, str]:
    answer = browser_login(anna)
    ok(answer, 200)
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def test_I5_the_cookie_login_gives_a_strict_cookie_and_no_tokens(anna: Person) -> None:
    answer = browser_login(anna)
    body = ok(answer, 200)
    assert "access_token" not in body and "refresh_token" not in body
    name, *attributes = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert re.fullmatch(r"__Host-samtal=\S{20,}", name)
    lower = {attribute.lower() for attribute in attributes}
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= lower
    assert not any(attribute.startswith("domain") for attribute in lower)


def test_the_cookie_reads_without_an_origin(anyone: Client, anna: Person, cookie: dict[str, str]) -> None:
    assert ok(anyone.get("/v1/me", headers=cookie), 200)["user_id"] == anna.user_id


def test_the_cookie_writes_from_an_allowed_origin(anyone: Client, bo: Person, cookie: dict[str, str]) -> None:
    body = {"member_ids": [bo.user_id], "title": "Från webbläsaren"}
    ok(anyone.post("/v1/conversations", body, headers=cookie | {"Origin": ALLOWED}), 201)


@pytest.mark.parametrize("origin", FOREIGN)
def test_I5_the_cookie_does_not_write_from_another_origin(anyone: Client, bo: Person, cookie: dict[str, str],
                                                          origin: str) -> None:
    body = {"member_ids": [bo.user_id], "title": "Från annat håll"}
    answer = anyone.post("/v1/conversations", body, headers=cookie | {"Origin": origin})
    problem(answer, 403, "origin-refused")


@pytest.mark.parametrize("origin", FOREIGN)
def test_I5_the_cookie_does_not_upgrade_from_another_origin(anyone: Client, cookie: dict[str, str],
                                                            origin: str) -> None:
    problem(anyone.get("/v1/ws", headers=UPGRADE | cookie | {"Origin": origin}), 403, "origin-refused")


def test_the_cookie_upgrades_from_an_allowed_origin(platform: Platform, anna: Person, cookie: dict[str, str]) -> None:
    socket = LiveSocket(platform.port, headers=cookie | {"Origin": ALLOWED})
    assert socket.receive() == {"type": "ready", "user_id": anna.user_id}
    socket.close()


def test_I6_logout_ends_a_cookie_session(hire: Callable[..., Person], anyone: Client) -> None:
    cookie = {"Cookie": browser_login(hire()).headers["Set-Cookie"].split(";")[0]}
    ok(anyone.post("/v1/logout", headers=cookie | {"Origin": ALLOWED}))
    problem(anyone.get("/v1/me", headers=cookie), 401)


def test_a_made_up_cookie_is_refused(anyone: Client) -> None:
    problem(anyone.get("/v1/me", headers={"Cookie": "__Host-samtal=" + people.fresh_name()}), 401)
