"""A restricted account (GDPR Art. 18): its data stays, and nothing is done with it; lifting gives back the same bytes."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people, sounds
from support.client import Client, items, ok, problem
from support.database import Cluster
from support.dates import WEEK
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"
ABSENT = "018f0000-0000-7000-8000-000000000000"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

# Everything a signed-in person can call: method, path, body, and whether a restricted account may.
ROUTES: list[tuple[str, str, Any, bool]] = [
    ("GET", "/v1/me", None, True), ("GET", "/v1/sessions", None, True),
    ("DELETE", f"/v1/sessions/{ABSENT}", None, True),
    ("POST", "/v1/reauthenticate", {"password": "fel men tillrackligt langt"}, True),
    ("POST", "/v1/me/password", {"current": "fel men tillrackligt", "new": "ocksa fel men langt"}, True),
    ("GET", "/v1/consents", None, True), ("GET", "/v1/consents/marketing/history", None, True),
    ("GET", "/v1/consents/marketing/receipt", None, True),
    ("PUT", "/v1/consents/marketing", {"state": "refused", "notice_version": "0"}, True),
    ("GET", "/v1/notice", None, True), ("GET", "/v1/me/notice", None, True),
    ("POST", "/v1/notice/acknowledgements", {"version": "0"}, True),
    ("GET", "/v1/privacy/access-log", None, True), ("GET", "/v1/privacy/disclosures", None, True),
    ("GET", REQUESTS, None, True), ("POST", REQUESTS, {"kind": "access"}, True), ("GET", f"{REQUESTS}/{ABSENT}", None, True),
    ("GET", f"{REQUESTS}/{ABSENT}/certificate", None, True), ("GET", f"{REQUESTS}/{ABSENT}/archive", None, True),
    ("GET", "/v1/me/profile", None, False), ("PATCH", "/v1/me/profile", {"given_name": "X"}, False),
    ("PATCH", "/v1/me/profile", {"email": "annan@example.org"}, False),
    ("GET", "/v1/directory?query=a", None, False), ("GET", f"/v1/users/{ABSENT}/profile", None, False),
    ("POST", "/v1/conversations", {"member_ids": [ABSENT]}, False), ("GET", "/v1/conversations", None, False),
    ("GET", f"/v1/conversations/{ABSENT}", None, False), ("GET", f"/v1/conversations/{ABSENT}/messages", None, False),
    ("POST", f"/v1/conversations/{ABSENT}/messages", {"client_message_id": str(uuid.uuid4()), "text": "x"}, False),
    ("POST", f"/v1/conversations/{ABSENT}/members", {"user_ids": [ABSENT]}, False),
    ("DELETE", f"/v1/conversations/{ABSENT}/members/{ABSENT}", None, False),
    ("PATCH", f"/v1/conversations/{ABSENT}", {"title": "x"}, False),
    ("PATCH", f"/v1/conversations/{ABSENT}/messages/{ABSENT}", {"text": "x"}, False),
    ("DELETE", f"/v1/conversations/{ABSENT}/messages/{ABSENT}", None, False), ("GET", "/v1/start", None, True),
    ("GET", "/v1/contacts", None, False), ("POST", "/v1/contacts", {"name": "X"}, False), ("DELETE", "/v1/contacts", None, False),
    ("POST", "/v1/contacts/import", {"contacts": []}, False), ("GET", "/v1/contacts/export", None, False),
    ("GET", f"/v1/contacts/{ABSENT}", None, False), ("PUT", f"/v1/contacts/{ABSENT}", {"name": "X"}, False),
    ("PATCH", f"/v1/contacts/{ABSENT}", {"name": "X"}, False), ("DELETE", f"/v1/contacts/{ABSENT}", None, False),
    ("GET", "/v1/greetings", None, False), ("GET", "/v1/greetings/busy", None, False),
    ("PUT", "/v1/greetings/busy", sounds.tone(0.1), False), ("DELETE", "/v1/greetings/busy", None, False),
    ("PUT", "/v1/greetings/busy/schedule", {"dates": [{"from": "2026-01-01", "to": "2026-01-02"}]}, False),
    ("DELETE", "/v1/greetings/busy/schedule", None, False),
    ("POST", "/v1/calls", {"to": "+46701740605"}, False), ("GET", f"/v1/calls/requests/{ABSENT}", None, False),
    ("GET", "/v1/calls", None, False), ("GET", f"/v1/calls/statistics?{WEEK}&bucket=day", None, False),
    ("GET", "/v1/calls.csv", None, False), ("GET", f"/v1/calls/statistics/counterparts?{WEEK}", None, False),
    ("PUT", f"/v1/calls/{ABSENT}/note", {"note": "x"}, False), ("DELETE", f"/v1/calls/{ABSENT}/note", None, False),
]
NAMES = [f"{method} {path}" for method, path, *_ in ROUTES]


def restrict(who: Person, active: bool = True) -> None:
    assert ok(who.client.post(REQUESTS, {"kind": "restriction", "active": active}), 202)["state"] == "done"


@pytest.fixture(scope="module")
def restricted(platform: Platform, organisation: str) -> Person:
    who = people.person(platform, organisation, given_name="Begränsad", consents={"call_history": True})
    restrict(who)
    return who


@pytest.fixture(scope="module")
def normal(platform: Platform, organisation: str) -> Person:
    return people.person(platform, organisation, consents={"call_history": True})


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_J1_every_route_honours_the_restriction(route: tuple[str, str, Any, bool], restricted: Person, normal: Person) -> None:
    method, path, body, allowed = route
    for who, refused in ((restricted, not allowed), (normal, False)):
        sent = {"data": body, "headers": {"Content-Type": "audio/wav"}} if isinstance(body, bytes) else {"json": body}
        answer = who.client.call(method, path, **sent)
        if refused:
            problem(answer, 403, "processing-restricted")
        else:
            assert "processing-restricted" not in answer.text and answer.status_code < 500, answer.text


def test_J1_no_route_is_missing_from_the_matrix(platform: Platform) -> None:
    """The patterns in the sources' tables of routes, against the table above."""
    import re

    from support.platform import REPOSITORY
    found = set()
    for file in (REPOSITORY / "src").glob("*/*.cpp"):
        for method, path in re.findall(r'\.(?:person|receipt)<\w+>\(\s*(?:net::)?Method::(\w+),\s*"([^"]+)"', file.read_text()):
            found.add(({"del": "DELETE"}.get(method, method.upper()), path.count("/"), path.split("{")[0].rstrip("/")))
    named = {(method, path.partition("?")[0].count("/"), re.split(ABSENT + "|marketing|busy", path.partition("?")[0])[0].rstrip("/"))
             for method, path, *_ in ROUTES}
    assert len(found) > 20 and found - named == {("POST", 2, "/v1/logout")}


def test_J1_a_restricted_account_gets_no_socket(restricted: Person, anyone: Client, platform: Platform) -> None:
    head = UPGRADE | {"Authorization": f"Bearer {restricted.client.token}"}
    problem(anyone.get("/v1/ws", headers=head), 403, "processing-restricted")
    late = LiveSocket(platform.port)
    late.send({"type": "authenticate", "access_token": restricted.client.token})
    assert late.receive()["problem"]["type"] == "urn:samtal:problem:processing-restricted"
    assert late.closed(timeout=20) == 4003


def test_J1_open_sockets_are_closed_and_nothing_is_delivered(hire: Hire, anna: Person) -> None:
    who = hire()
    place, socket = people.conversation(anna, who), who.socket()
    restrict(who)
    anna.socket().say(place, "efteråt")
    assert socket.closed() == 4001
    assert all(frame["type"] != "message.new" for frame in socket.passed_by)


def test_J1_others_do_not_see_a_restricted_person(hire: Hire, anna: Person) -> None:
    name = "Osynlig" + uuid.uuid4().hex[:6]
    who = hire(given_name=name)
    place = people.conversation(anna, who)
    anna.socket().say(place, "före")
    who.socket().say(place, "mitt ord")
    before = items(anna.client.get(f"/v1/conversations/{place}/messages"))
    own = ok(who.client.get("/v1/me/profile"))
    restrict(who)
    problem(anna.client.get(f"/v1/users/{who.user_id}/profile"), 404)
    assert items(anna.client.get(f"/v1/directory?query={name}")) == []
    problem(anna.client.post("/v1/conversations", {"member_ids": [who.user_id]}), 404)
    assert [message["text"] for message in items(anna.client.get(f"/v1/conversations/{place}/messages"))] == ["före"]
    assert ok(who.client.get("/v1/me"))["restricted"] is True
    restrict(who, active=False)
    assert items(anna.client.get(f"/v1/conversations/{place}/messages")) == before
    assert ok(who.client.get("/v1/me/profile")) == own
    assert [one["user_id"] for one in items(anna.client.get(f"/v1/directory?query={name}"))] == [who.user_id]


def test_J1_restriction_holds_for_all_sessions_and_for_a_new_one(hire: Hire) -> None:
    who = hire()
    second = who.second_client()
    ok(second.get("/v1/me/profile"))
    restrict(who)
    problem(second.get("/v1/me/profile"), 403, "processing-restricted")
    problem(who.second_client().get("/v1/me/profile"), 403, "processing-restricted")
    restrict(who, active=False)
    ok(second.get("/v1/me/profile"))


def test_J1_the_bytes_on_disk_stay_the_same(hire: Hire, platform: Platform) -> None:
    who = hire()
    place = people.conversation(who, hire())
    who.socket().say(place, "orört")
    rows = f"""SELECT md5(string_agg(m::text, ',' ORDER BY seq)) FROM messages m WHERE sender_id = '{who.user_id}'
        UNION ALL SELECT md5(p::text) FROM profiles p WHERE user_id = '{who.user_id}'"""
    before = Cluster(platform).ask("samtal", rows)
    restrict(who)
    assert Cluster(platform).ask("samtal", rows) == before
    restrict(who, active=False)
    assert Cluster(platform).ask("samtal", rows) == before
