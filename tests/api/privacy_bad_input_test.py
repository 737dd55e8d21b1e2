"""J1, A3: what nobody can ask for is a clear problem each, and nothing is half done."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support import people
from support.client import Client, fields_of, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"


def step_up(who: Person) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)


def untouched(platform: Platform, who: Person) -> list[list[str]]:
    """The account's standing, and how much of it there is."""
    return Cluster(platform).ask("samtal", f"""SELECT state, restricted_at IS NULL,
        (SELECT count(*) FROM privacy_requests WHERE user_id = '{who.user_id}'), (SELECT count(*) FROM objections WHERE user_id = '{who.user_id}'),
        (SELECT count(*) FROM consent_events WHERE user_id = '{who.user_id}'), (SELECT count(*) FROM sessions WHERE user_id = '{who.user_id}')
        FROM users WHERE user_id = '{who.user_id}'""")


@pytest.mark.parametrize("kind, more", [("access", {}), ("portability", {}), ("erasure", {}), ("restriction", {"active": True}),
                                        ("objection", {"purpose": "anonymous_statistics", "active": True}),
                                        ("rectification", {"field": "given_name", "value": "Annan"})])
def test_J1_nobody_asks_for_somebody_else(hire: Hire, platform: Platform, kind: str, more: dict[str, Any]) -> None:
    who, victim = hire(), hire()
    step_up(who)
    before = untouched(platform, victim)
    for name in ("user_id", "subject", "for"):
        refused = who.client.post(REQUESTS, {"kind": kind, name: victim.user_id} | more)
        assert fields_of(problem(refused, 400)) == {name}
    assert untouched(platform, victim) == before and items(who.client.get(REQUESTS)) == []


def test_J1_nobody_fetches_somebody_elses_archive(hire: Hire) -> None:
    who, other = hire(), hire()
    step_up(who)
    step_up(other)
    made = ok(who.client.post(REQUESTS, {"kind": "access"}), 202)["request_id"]
    eventually(lambda: ok(who.client.get(f"{REQUESTS}/{made}"))["state"] == "ready", 60, "the archive is ready")
    problem(other.client.get(f"{REQUESTS}/{made}/archive"), 404, "not-found")


@pytest.mark.parametrize("kind, more", [("access", {}), ("portability", {}), ("erasure", {}),
                                        ("rectification", {"field": "email", "value": "ny@example.org"})])
def test_J1_without_step_up_nothing_begins(hire: Hire, platform: Platform, kind: str, more: dict[str, Any]) -> None:
    who = hire()
    before = untouched(platform, who)
    problem(who.client.post(REQUESTS, {"kind": kind} | more), 403, "step-up-required")
    assert untouched(platform, who) == before
    ok(who.client.get("/v1/me/profile"), 200)


def test_J1_under_hold_an_erasure_waits_and_deletes_nothing(hire: Hire, platform: Platform) -> None:
    who, friend = hire(), hire()
    place = people.conversation(who, friend)
    who.socket().say(place, "bevis")
    platform.ctl("hold", "add", "--user", who.user_id, "--case", "T 1-26")
    step_up(who)
    made = ok(who.client.post(REQUESTS, {"kind": "erasure"}), 202)
    path = f"{REQUESTS}/{made['request_id']}"
    eventually(lambda: ok(who.client.get(path)).get("waits_for") == "legal_hold", 20, "it says what it waits for")
    problem(who.client.post(REQUESTS, {"kind": "erasure"}), 409, "in-progress")
    assert [m["text"] for m in items(friend.client.get(f"/v1/conversations/{place}/messages"))] == ["bevis"]
    ok(who.client.get("/v1/me/profile"), 200)
    platform.ctl("hold", "release", "--user", who.user_id, "--case", "T 1-26")
    holder = Client(platform.url, made["receipt_token"])
    eventually(lambda: ok(holder.get(path))["state"] == "done", 30, "and then it is done")


def test_J1_of_many_at_once_one_is_taken(hire: Hire, platform: Platform) -> None:
    """Under hold, so that none is over before the last has come."""
    who = hire()
    platform.ctl("hold", "add", "--user", who.user_id, "--case", "T 2-26")
    step_up(who)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: Client(platform.url, who.client.token).post(REQUESTS, {"kind": "erasure"}), range(12)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 11
    for answer in answers:
        if answer.status_code == 409:
            assert fields_of(problem(answer, 409, "in-progress")) == {"kind"}
    assert len(items(who.client.get(REQUESTS))) == 1


@pytest.mark.parametrize("purpose", ["no_such_purpose", "", "anonymous_statistics ", "ANONYMOUS_STATISTICS"])
def test_J1_a_purpose_that_does_not_exist(hire: Hire, platform: Platform, purpose: str) -> None:
    who = hire()
    before = untouched(platform, who)
    for active in (True, False):
        problem(who.client.post(REQUESTS, {"kind": "objection", "purpose": purpose, "active": active}), 404)
    assert untouched(platform, who) == before


@pytest.mark.parametrize("version", ["0", "aldrig visad", "", "latest"])
def test_A3_a_notice_that_was_never_shown_carries_no_consent(hire: Hire, platform: Platform, version: str) -> None:
    who = hire()
    before = untouched(platform, who)
    answer = who.client.put("/v1/consents/call_history", {"state": "given", "notice_version": version})
    problem(answer, 409, "notice-outdated")
    problem(who.client.post("/v1/notice/acknowledgements", {"version": version}), 409, "notice-outdated")
    assert untouched(platform, who) == before
    assert [c["state"] for c in items_of(who) if c["purpose"] == "call_history"] == ["unset"]


def items_of(who: Person) -> list[dict[str, Any]]:
    return ok(who.client.get("/v1/consents"), 200)["items"]


def test_A3_an_activation_that_acknowledges_what_was_never_shown_leaves_the_code_valid(platform: Platform, organisation: str,
                                                                                       anyone: Client) -> None:
    invited = people.invite(platform, organisation)
    problem(anyone.post("/v1/activation", invited.body(acknowledged_notice="aldrig visad")), 409, "notice-outdated")
    ok(anyone.post("/v1/activation", invited.body()), 201)


@pytest.mark.parametrize("age", [0, 5, 12])
@pytest.mark.parametrize("purpose", ["call_history", "marketing", "partner_sharing", "contacts"])
def test_A3_a_child_without_a_guardian_consents_to_nothing(hire: Hire, platform: Platform, purpose: str, age: int) -> None:
    who = hire()
    before = untouched(platform, who)
    body = {"state": "given", "notice_version": people.notice_version(platform), "age": age}
    problem(who.client.put(f"/v1/consents/{purpose}", body), 403, "forbidden")
    problem(who.client.put(f"/v1/consents/{purpose}", body | {"guardian": False}), 403, "forbidden")
    assert untouched(platform, who) == before
