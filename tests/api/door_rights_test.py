"""Who gets in: no, wrong, ended and foreign credentials; foreign objects look like absent ones."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support import people
from support.client import Client, items, ok, problem, without_instance
from support.dates import WEEK
from support.people import Person

Hire = Callable[..., Person]
ABSENT = "018f0000-0000-7000-8000-000000000000"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

# Every entry that needs a user: method, path, a correct body.
ENTRIES: list[tuple[str, str, Any]] = [
    ("GET", "/v1/me", None), ("GET", "/v1/me/profile", None), ("PATCH", "/v1/me/profile", {"given_name": "X"}),
    ("GET", "/v1/sessions", None), ("DELETE", f"/v1/sessions/{ABSENT}", None), ("POST", "/v1/logout", None),
    ("POST", "/v1/reauthenticate", {"password": "fel men tillrackligt langt"}),
    ("POST", "/v1/me/password", {"current": "fel men tillrackligt", "new": "ocksa fel men langt"}),
    ("GET", "/v1/directory?query=a", None), ("GET", f"/v1/users/{ABSENT}/profile", None),
    ("POST", "/v1/conversations", {"member_ids": [ABSENT]}), ("GET", "/v1/conversations", None),
    ("GET", f"/v1/conversations/{ABSENT}", None), ("GET", f"/v1/conversations/{ABSENT}/messages", None),
    ("POST", f"/v1/conversations/{ABSENT}/messages", {"client_message_id": str(uuid.uuid4()), "text": "x"}),
    ("PATCH", f"/v1/conversations/{ABSENT}", {"title": "x"}),
    ("POST", f"/v1/conversations/{ABSENT}/members", {"user_ids": [ABSENT]}),
    ("DELETE", f"/v1/conversations/{ABSENT}/members/{ABSENT}", None),
    ("PATCH", f"/v1/conversations/{ABSENT}/messages/{ABSENT}", {"text": "x"}),
    ("DELETE", f"/v1/conversations/{ABSENT}/messages/{ABSENT}", None), ("GET", "/v1/start", None),
    ("GET", "/v1/calls", None), ("GET", f"/v1/calls/statistics?{WEEK}&bucket=day", None),
    ("GET", "/v1/calls.csv", None), ("GET", f"/v1/calls/statistics/counterparts?{WEEK}", None),
    ("PUT", f"/v1/calls/{ABSENT}/note", {"note": "x"}), ("DELETE", f"/v1/calls/{ABSENT}/note", None),
    ("GET", "/v1/contacts", None), ("POST", "/v1/contacts", {"name": "X"}), ("DELETE", "/v1/contacts", None),
    ("POST", "/v1/contacts/import", {"contacts": []}), ("GET", "/v1/contacts/export", None),
    ("GET", f"/v1/contacts/{ABSENT}", None), ("PUT", f"/v1/contacts/{ABSENT}", {"name": "X"}),
    ("PATCH", f"/v1/contacts/{ABSENT}", {"name": "X"}), ("DELETE", f"/v1/contacts/{ABSENT}", None),
    ("GET", "/v1/greetings", None), ("GET", "/v1/greetings/busy", None), ("DELETE", "/v1/greetings/busy", None),
    ("PUT", "/v1/greetings/busy/schedule", {"dates": [{"from": "2026-01-01", "to": "2026-01-02"}]}),
    ("DELETE", "/v1/greetings/busy/schedule", None),
    ("POST", "/v1/calls", {"to": "+46701740605"}), ("GET", f"/v1/calls/requests/{ABSENT}", None),
    ("GET", "/v1/consents", None),
    ("PUT", "/v1/consents/marketing", {"state": "refused", "notice_version": "0"}),
]
NAMES = [f"{method} {path}" for method, path, _ in ENTRIES]


def headers_of(credential: str | None) -> dict[str, str]:
    return {} if credential is None else {"Authorization": credential}


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_I5_every_entry_refuses_what_is_no_access_token(entry: tuple[str, str, Any], anyone: Client, anna: Person,
                                                        switch: Client) -> None:
    method, path, body = entry
    good = anna.client.token or ""
    wrong = [None, "Bearer", "Bearer ", "Bearer nonsense", f"Bearer {good}x", f"Bearer {good[:-1]}",
             f"Bearer {anna.tokens['refresh_token']}", f"Bearer {switch.token}", f"Basic {good}", good,
             f"Bearer {good} {good}", f"Bearer {anna.tokens['session_id']}", "Bearer " + "x" * 5000]
    seen = []
    for credential in wrong:
        answer = anyone.call(method, path, json=body, headers=headers_of(credential))
        assert answer.status_code in (400, 401, 431), f"{credential}: {answer.status_code}"
        if answer.status_code == 401:
            seen.append(without_instance(problem(answer, 401)))
    assert len(seen) >= 10 and all(document == seen[0] for document in seen)


def test_I5_an_ended_session_opens_nothing(hire: Hire, anyone: Client) -> None:
    who = hire()
    ok(who.client.post("/v1/logout"))
    for method, path, body in ENTRIES:
        problem(anyone.call(method, path, json=body, headers=headers_of(f"Bearer {who.client.token}")), 401)
    problem(anyone.get("/v1/ws", headers=UPGRADE | headers_of(f"Bearer {who.client.token}")), 401)


def test_a_credential_in_the_body_or_address_is_none(anyone: Client, anna: Person) -> None:
    problem(anyone.get(f"/v1/me?access_token={anna.client.token}"), 401)
    problem(anyone.get("/v1/me", headers={"Cookie": f"access_token={anna.client.token}"}), 401)


def same_refusal(who: Client, method: str, path: str, foreign: str, body: Any = None) -> None:
    """A foreign id is refused exactly as an absent one: status, document, headers that say anything."""
    answers = [who.call(method, path.format(one), json=body) for one in (foreign, ABSENT)]
    documents = [without_instance(problem(answer, 404)) for answer in answers]
    assert documents[0] == documents[1]
    assert set(answers[0].headers) == set(answers[1].headers)
    assert foreign not in str(documents[0])


@pytest.fixture(scope="module")
def place(anna: Person, bo: Person) -> str:
    made = people.conversation(anna, bo, title="Inte för andra")
    anna.socket().say(made, "inte för andra")
    return made


def test_B2_a_foreign_organisation_looks_absent(anna: Person, david: Person, place: str) -> None:
    message = {"client_message_id": str(uuid.uuid4()), "text": "x"}
    for method, path, foreign, body in (
            ("GET", "/v1/users/{}/profile", anna.user_id, None),
            ("GET", "/v1/conversations/{}", place, None),
            ("GET", "/v1/conversations/{}/messages", place, None),
            ("POST", "/v1/conversations/{}/messages", place, message),
            ("PATCH", "/v1/conversations/{}", place, {"title": "x"}),
            ("POST", "/v1/conversations/{}/members", place, {"user_ids": [david.user_id]}),
            ("DELETE", "/v1/conversations/{}/members/" + anna.user_id, place, None),
            ("PATCH", "/v1/conversations/{}/messages/" + ABSENT, place, {"text": "x"}),
            ("DELETE", "/v1/conversations/{}/messages/" + ABSENT, place, None),
            ("DELETE", "/v1/sessions/{}", anna.tokens["session_id"], None)):
        same_refusal(david.client, method, path, foreign, body)
    answers = [david.client.post("/v1/conversations", {"member_ids": [one]}) for one in (anna.user_id, ABSENT)]
    assert without_instance(problem(answers[0], 404)) == without_instance(problem(answers[1], 404))


def test_B3_what_a_colleague_is_no_member_of_looks_absent(cecilia: Person, place: str) -> None:
    for path in ("/v1/conversations/{}", "/v1/conversations/{}/messages"):
        same_refusal(cecilia.client, "GET", path, place)


def test_an_id_that_is_none_is_refused(anna: Person) -> None:
    for bad in ("x", "..", "%2e%2e", "0", "x" * 2000, "%00", "018f0000-0000-7000-8000-00000000000g"):
        for path in (f"/v1/users/{bad}/profile", f"/v1/conversations/{bad}", f"/v1/conversations/{bad}/messages"):
            answer = anna.client.get(path)
            assert answer.status_code in (400, 404, 414), f"{path}: {answer.status_code}"
            problem(answer, answer.status_code)


def test_a_switch_can_only_bring_records(switch: Client, anna: Person) -> None:
    for method, path, body in ENTRIES:
        answer = switch.call(method, path, json=body)
        problem(answer, 401)
    assert anna.client.post("/v1/ingest/calls", []).status_code in (401, 403)


def prepared(who: Person, path: str) -> requests.PreparedRequest:
    """A request whose path requests does not tidy up."""
    request = requests.Request("GET", who.platform.url + "/", headers={
        "Authorization": f"Bearer {who.client.token}"}).prepare()
    request.url = who.platform.url + path
    return request


def test_an_unknown_route_is_absent(anna: Person) -> None:
    for path in ("/", "/v1", "/v1/", "/v2/me", "/v1/me/", "/v1/no-such", "/V1/ME"):
        problem(anna.client.session.send(prepared(anna, path), timeout=10), 404)
    for path in ("//v1/me", "/v1/./me", "/v1/me/../me", "/v1/%6de", "/v1/%zz"):
        assert anna.client.session.send(prepared(anna, path), timeout=10).status_code in (400, 404)


def test_another_method_is_refused_and_the_right_ones_named(anna: Person) -> None:
    for method, path, allowed in (("POST", "/v1/me", "GET"), ("DELETE", "/v1/me/profile", "PATCH"),
                                  ("GET", "/v1/login", "POST"), ("PUT", "/v1/conversations", "POST"),
                                  ("PATCH", "/v1/consents/marketing", "PUT"), ("POST", "/healthz", "GET")):
        answer = anna.client.call(method, path, json={})
        problem(answer, 405)
        assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/v1/conversations", "/v1/calls", "/v1/directory?query=a", "/v1/sessions"])
def test_a_bad_cursor_or_limit_is_refused(anna: Person, path: str) -> None:
    mark = "&" if "?" in path else "?"
    for query in ("limit=0", "limit=-5", "limit=abc", "limit=99999999999999999999", "limit=1.0", "limit=%20",
                  "cursor=nonsense", "cursor=" + "A" * 3000, "cursor=%00"):
        answer = anna.client.get(f"{path}{mark}{query}")
        assert answer.status_code in (400, 414), f"{query}: {answer.status_code}"
        problem(answer, answer.status_code)


def test_a_cursor_of_one_list_does_not_open_another(anna: Person, bo: Person, cecilia: Person) -> None:
    for n in range(2):
        people.conversation(anna, bo, title=f"Markör {n}")
    cursor = ok(anna.client.get("/v1/conversations?limit=1"), 200)["next_cursor"]
    assert cursor
    answer = cecilia.client.get("/v1/conversations", params={"limit": 50, "cursor": cursor})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        own = {item["conversation_id"] for item in items(cecilia.client.get("/v1/conversations?limit=50"))}
        assert {item["conversation_id"] for item in items(answer)} <= own
