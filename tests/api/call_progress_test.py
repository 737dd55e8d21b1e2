"""K2: calls from the app go on by what their switch tells on its own: live events, and records in any format."""
from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people, switches
from support.clicking import ELSEWHERE, call, next_state, set_callback, state
from support.client import items, ok
from support.database import Cluster
from support.people import Person
from support.platform import Platform
from support.switchboard import Handler, Switchboard, accepts, answers
from support.switches import Switch

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def org(platform: Platform) -> str:
    return people.organisation(platform, "Klickbolaget AB")


@pytest.fixture
def employ(platform: Platform, org: str) -> Hire:
    return lambda **options: people.person(platform, org, **options)


@pytest.fixture(scope="module")
def pbx(platform: Platform, org: str, switchboard: Switchboard, tmp_path_factory: pytest.TempPathFactory) -> Switch:
    made = switches.switch(platform, org)
    set_callback(platform, switchboard, made.switch_id, f"http://{switchboard.host}/originate", tmp_path_factory.mktemp("pbx"))
    return made


@pytest.fixture
def board(switchboard: Switchboard) -> Switchboard:
    """What is asked to place calls, well-behaved."""
    switchboard.behaviour = accepts
    return switchboard


@pytest.fixture
def exchange(pbx: Switch, board: Switchboard) -> Switch:
    """The same switch, as one that tells of its calls on its own."""
    return pbx


def test_K2_a_switchs_own_events_lead_the_call_to_its_end(employ: Hire, exchange: Switch) -> None:
    who = employ(consents={"call_history": True})
    socket = who.socket()
    request = call(who)
    assert next_state(socket) == (request, "accepted", None)
    for kind, state_then in (("ringing", "ringing"), ("answered", "connected")):
        for _ in range(2):
            exchange.live(kind, f"pbx-{request}", who.phone, ELSEWHERE)
        assert next_state(socket) == (request, state_then, None)
    for kind in ("ringing", "ended", "answered", "ended", "ringing"):
        exchange.live(kind, f"pbx-{request}", who.phone, ELSEWHERE)
    assert next_state(socket) == (request, "ended", None)
    for _ in range(2):
        record = switches.sample("kamailio.json", who.phone, ELSEWHERE)
        ok(exchange.kamailio(json.dumps(json.loads(record) | {"record_id": f"pbx-{request}"})), 200)
    [kept] = items(who.client.get("/v1/calls"))
    assert ok(who.client.get(f"/v1/calls/requests/{request}")) | {"requested_at": None} == {
        "call_request_id": request, "state": "ended", "reason": None, "requested_at": None, "call_id": kept["call_id"]}
    assert not [frame for frame in socket.received_before_now() if frame["type"] == "call.state"]


def test_K2_an_event_says_why_a_call_failed_or_leaves_it_to_the_record(employ: Hire, exchange: Switch) -> None:
    who = employ()
    socket = who.socket()
    told, untold = call(who), call(who)
    assert {next_state(socket)[:2], next_state(socket)[:2]} == {(told, "accepted"), (untold, "accepted")}
    exchange.live("failed", f"pbx-{untold}", who.phone, ELSEWHERE)
    exchange.live("failed", f"pbx-{told}", who.phone, ELSEWHERE, disposition="busy")
    assert next_state(socket) == (told, "failed", "busy")
    record = json.loads(switches.sample("kamailio.json", who.phone, ELSEWHERE))
    del record["answered_at"]
    ok(exchange.kamailio(json.dumps(record | {"record_id": f"pbx-{untold}", "disposition": "no_answer"})), 200)
    assert next_state(socket) == (untold, "failed", "no_answer")


FORMATS = ["calls", "freeswitch", "asterisk", "kamailio"]


@pytest.mark.parametrize("form", FORMATS)
def test_K2_the_record_of_any_switch_ends_the_request(employ: Hire, exchange: Switch, board: Switchboard, form: str) -> None:
    who, key = employ(consents={"call_history": True}), f"{uuid.uuid4().int % 10**12}"
    sample = {"freeswitch": "freeswitch_a_leg.json", "asterisk": "asterisk_cdr_custom.jsonl", "kamailio": "kamailio.json",
              "calls": "kamailio.json"}[form]
    record = switches.sample(sample, who.phone, ELSEWHERE, key=key)
    name = {"freeswitch": lambda: json.loads(record)["variables"]["call_uuid"], "asterisk": lambda: f"{key}.1",
            "kamailio": lambda: json.loads(record)["record_id"], "calls": lambda: key}[form]()
    board.behaviour = answers(200, json.dumps({"source_call_id": name}).encode())
    socket = who.socket()
    request = call(who)
    assert next_state(socket) == (request, "accepted", None)
    own = [{"source_call_id": key, "caller": {"number": who.phone}, "callee": {"number": ELSEWHERE}, "outcome": "answered",
            "started_at": "2026-03-04T12:00:00Z", "ended_at": "2026-03-04T12:01:10Z"}]
    post = {"freeswitch": lambda: exchange.freeswitch(record), "asterisk": lambda: exchange.asterisk(record, "application/x-ndjson"),
            "kamailio": lambda: exchange.kamailio(record), "calls": lambda: exchange.client.post("/v1/ingest/calls", own)}[form]
    for _ in range(2):
        ok(post(), 200)
    assert next_state(socket) == (request, "ended", None)
    [kept] = items(who.client.get("/v1/calls"))
    assert ok(who.client.get(f"/v1/calls/requests/{request}"))["call_id"] == kept["call_id"]
    assert not [frame for frame in socket.received_before_now() if frame["type"] == "call.state"]


def test_K2_events_may_overtake_the_switchs_answer(employ: Hire, exchange: Switch, board: Switchboard) -> None:
    who = employ()
    socket = who.socket()

    def is_fast(handler: Handler) -> None:
        for kind in ("ringing", "answered", "ended"):
            exchange.live(kind, "pbx-" + handler.asked["body"]["call_request_id"], who.phone, ELSEWHERE)
        accepts(handler)

    board.behaviour = is_fast
    request = call(who)
    assert next_state(socket) == (request, "accepted", None)
    assert next_state(socket) == (request, "ended", None)
    assert state(who, request) == ("ended", None)


def test_K2_another_switchs_call_of_that_name_is_another_call(employ: Hire, exchange: Switch, platform: Platform, org: str) -> None:
    who = employ()
    socket = who.socket()
    request = call(who)
    assert next_state(socket)[1] == "accepted"
    for where in (org, people.organisation(platform, "Grannen")):
        switches.switch(platform, where).live("answered", f"pbx-{request}", who.phone, ELSEWHERE)
    exchange.live("ringing", f"pbx-{request}", who.phone, ELSEWHERE)
    assert next_state(socket) == (request, "ringing", None)


def test_K2_a_call_that_is_over_has_no_name_left_to_follow(employ: Hire, exchange: Switch, platform: Platform) -> None:
    def names(request: str) -> list[Any]:
        return Cluster(platform).ask("samtal", f"SELECT follow_hash IS NULL FROM call_requests WHERE request_id = '{request}'")

    who = employ()
    socket = who.socket()
    request = call(who)
    assert next_state(socket)[1] == "accepted"
    before = names(request)
    exchange.live("ended", f"pbx-{request}", who.phone, ELSEWHERE)
    assert next_state(socket)[1] == "ended"
    assert before != names(request)
