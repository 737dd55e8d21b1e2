"""G1: what a client shows first, in one call, and no more of it than each purpose allows."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, ok, problem
from support.people import Person

Hire = Callable[..., Person]
PARTS = {"me": "/v1/me", "profile": "/v1/me/profile", "conversations": "/v1/conversations?limit=50",
         "calls": "/v1/calls?limit=20", "consents": "/v1/consents"}


def start(who: Client, **options: Any) -> dict[str, Any]:
    return ok(who.get("/v1/start", **options), 200)


def test_G1_each_part_is_what_its_own_call_answers(hire: Hire, switch: Client) -> None:
    who, other = hire(consents={"call_history": True}), hire()
    place = people.conversation(other, who)
    other.socket().say(place, "välkommen")
    record = {"source_call_id": str(uuid.uuid4()), "caller": {"number": people.fresh_number()}, "callee": {"number": who.phone},
              "started_at": "2026-11-01T10:00:00Z", "ended_at": "2026-11-01T10:01:00Z", "outcome": "no_answer"}
    ok(switch.post("/v1/ingest/calls", [record]), 200)
    first = start(who.client)
    assert set(first) == {*PARTS, "limits"}
    for name, path in PARTS.items():
        assert first[name] == ok(who.client.get(path), 200), name
    conversation, = first["conversations"]["items"]
    assert (conversation["unread_count"], conversation["last_message"]["text"]) == (1, "välkommen")
    assert len(first["calls"]["items"]) == 1
    assert first["consents"]["notice"]["version"]
    assert all(isinstance(limit, int) and limit > 0 for limit in first["limits"].values())


def test_G1_a_removed_last_message_is_shown_as_a_stub(hire: Hire) -> None:
    who = hire()
    place = people.conversation(who, hire())
    said = who.socket().say(place, "ångrar mig")
    ok(who.client.delete(f"/v1/conversations/{place}/messages/{said['message_id']}"))
    conversation, = start(who.client)["conversations"]["items"]
    assert conversation["last_message"]["removed"] == "deleted" and "text" not in conversation["last_message"]


def test_A3_calls_are_shown_only_while_call_history_is_consented_to(hire: Hire) -> None:
    who = hire(consents={"call_history": False})
    assert start(who.client)["calls"] is None
    who.consent("call_history", "given")
    assert start(who.client)["calls"] == {"items": [], "next_cursor": None}
    who.consent("call_history", "withdrawn")
    assert start(who.client)["calls"] is None


def test_J1_a_restricted_account_starts_with_what_it_may_use(hire: Hire) -> None:
    who = hire(consents={"call_history": True})
    people.conversation(who, hire())
    ok(who.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    first = start(who.client)
    assert first["me"]["restricted"] is True and first["consents"]["items"]
    assert first["profile"] is first["conversations"] is first["calls"] is None


def test_A3_global_privacy_control_counts_at_the_start_too(hire: Hire) -> None:
    who = hire(consents={"partner_sharing": True})
    for headers, state in (({}, "given"), ({"Sec-GPC": "1"}, "refused")):
        shown = {item["purpose"]: item["state"] for item in start(who.client, headers=headers)["consents"]["items"]}
        own = {item["purpose"]: item["state"] for item in ok(who.client.get("/v1/consents", headers=headers), 200)["items"]}
        assert shown == own
        assert (shown["partner_sharing"] == "given") == (state == "given")


@pytest.mark.parametrize("query", ["limit=1", "x=1", "cursor=a"])
def test_a_start_takes_no_parameters(anna: Person, query: str) -> None:
    problem(anna.client.get(f"/v1/start?{query}"), 400)


def test_I5_nobody_starts_without_a_session(anyone: Client) -> None:
    problem(anyone.get("/v1/start"), 401)
