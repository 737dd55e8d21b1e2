"""E1 with a real exchange: people call each other through Kamailio, and find the calls in their history."""
from __future__ import annotations

import json
import pathlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support import sip, switchboard, switches
from support.clicking import set_callback
from support.client import items, ok
from support.people import Person
from support.platform import Platform, eventually
from support.sip import Exchange
from support.switchboard import Switchboard
from support.switches import Switch, history

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def pbx(platform: Platform, organisation: str) -> Switch:
    return switches.switch(platform, organisation)


@pytest.fixture(scope="module")
def exchange(platform: Platform, pbx: Switch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    yield from sip.exchange(pathlib.Path(tmp_path_factory.mktemp("sip")), platform.url, pbx.token)


@pytest.fixture
def caller(hire: Hire) -> Person:
    return hire(consents={"call_history": True})


@pytest.fixture
def callee(hire: Hire) -> Person:
    return hire(consents={"call_history": True})


def only_call(who: Person, within: float = 30) -> dict[str, Any]:
    """Their one call, once it is there."""
    eventually(lambda: bool(history(who)), within, "the record has come")
    [call] = history(who)
    return call


def sent_again(exchange: Exchange, who: Person, within: float = 30) -> list[int]:
    """What the server said each time when the record came, once it came twice."""

    def said() -> list[int]:
        return [status for body, status in list(exchange.line.records) if who.phone.encode() in body]

    eventually(lambda: len(said()) >= 2, within, "the record has come again")
    return said()


@pytest.mark.parametrize("outcome, scenario", [("answered", "uac"), ("busy", "uac"), ("cancelled", "uac_cancel")])
def test_E1_a_real_call_is_in_the_history_of_its_people(exchange: Exchange, caller: Person, callee: Person, david: Person,
                                                        hire: Hire, outcome: str, scenario: str) -> None:
    """And once, though the exchange lost the answer and brought its record again; and nobody else sees it."""
    ports = {"answered": exchange.answering, "busy": exchange.busy, "cancelled": exchange.ringing}
    exchange.register(callee.phone, ports[outcome])
    exchange.call(caller.phone, callee.phone, scenario)
    for who, direction in ((caller, "outgoing"), (callee, "incoming")):
        call = only_call(who)
        assert (call["direction"], call["outcome"]) == (direction, outcome)
        assert (call["caller"]["number"], call["callee"]["number"]) == (caller.phone, callee.phone)
        assert abs(time.time() - switches.epoch(call["started_at"])) < 300
    assert sent_again(exchange, caller) == [200, 200]
    assert len(history(caller)) == len(history(callee)) == 1
    for stranger in (hire(consents={"call_history": True}), david):
        assert caller.phone not in stranger.client.get("/v1/calls?limit=50").text


def test_E1_a_retried_call_is_two_calls(exchange: Exchange, caller: Person, callee: Person) -> None:
    """Busy at first, answered at the second try: both attempts are told apart though the people are the same."""
    exchange.register(callee.phone, exchange.busy)
    exchange.call(caller.phone, callee.phone)
    only_call(caller)
    exchange.register(callee.phone, exchange.answering)
    exchange.call(caller.phone, callee.phone)
    eventually(lambda: len(history(callee)) == 2, 30, "the second record has come")
    assert [call["outcome"] for call in history(callee)] == ["answered", "busy"]


def test_E1_the_exchange_tells_while_it_happens(exchange: Exchange, caller: Person, callee: Person) -> None:
    exchange.register(callee.phone, exchange.answering)
    exchange.call(caller.phone, callee.phone)
    only_call(caller)

    def told() -> list[tuple[str, int]]:
        return [(json.loads(body)["type"], status) for body, status in list(exchange.line.events)
                if caller.phone.encode() in body]

    wanted = {"call.started", "call.ringing", "call.answered", "call.ended"}
    eventually(lambda: {kind for kind, _ in told()} == wanted, 30, "the exchange has told all of it")
    assert {status for _, status in told()} == {204}


def test_E1_who_wants_no_history_has_none(exchange: Exchange, hire: Hire, callee: Person) -> None:
    caller = hire(consents={"call_history": False})
    exchange.register(callee.phone, exchange.answering)
    exchange.call(caller.phone, callee.phone)
    assert only_call(callee)["caller"]["number"] == caller.phone
    caller.consent("call_history", "given")
    assert history(caller) == []


def test_E1_colleagues_see_a_real_call_only_where_the_person_shows_it(exchange: Exchange, caller: Person, callee: Person,
                                                                      hire: Hire) -> None:
    """The caller shows it, the callee does not."""
    ok(caller.client.patch("/v1/me/profile", {"visibility": {"on_a_call": "organisation"}}))
    mine, eyes = callee.socket(), hire().socket()
    caller.socket()
    mine.send({"type": "presence.watch", "user_ids": [callee.user_id]})
    eyes.send({"type": "presence.watch", "user_ids": [caller.user_id, callee.user_id]})
    assert [frame["state"] for frame in eyes.received_before_now()] == ["available", "available"]
    exchange.register(callee.phone, exchange.answering)
    exchange.call(caller.phone, callee.phone, talk_ms=1500)
    seen = [eyes.until("presence") for _ in range(2)]
    assert [(frame["user_id"], frame["state"], frame.get("on_a_call")) for frame in seen] == [
        (caller.user_id, "busy", True), (caller.user_id, "available", None)]
    own = [mine.until("presence") for _ in range(3)]
    assert [(frame["state"], frame.get("on_a_call")) for frame in own] == [
        ("available", None), ("available", True), ("available", None)]
    assert [frame for frame in eyes.received_before_now() if frame["type"] == "presence"] == []


@pytest.fixture
def asked(platform: Platform, pbx: Switch, switchboard: Switchboard, tmp_path: pathlib.Path) -> Iterator[Switchboard]:
    """What stands beside the exchange and is asked to connect calls."""
    set_callback(platform, switchboard, pbx.switch_id, f"http://{switchboard.host}/", tmp_path)
    yield switchboard
    platform.ctl("switch", "callback", "remove", pbx.switch_id)


@pytest.mark.parametrize("scenario, last, reason", [("answering", "ended", None), ("busy", "failed", "busy")])
def test_K2_a_clicked_call_goes_through_its_states_by_the_exchanges_own_events(exchange: Exchange, asked: Switchboard, caller: Person,
                                                                               callee: Person, scenario: str, last: str,
                                                                               reason: str | None) -> None:
    """What places the call learns its name from the first event, and answers with it."""

    def places(handler: switchboard.Handler) -> None:
        wanted = handler.asked["body"]
        threading.Thread(target=exchange.call, args=(wanted["from"], wanted["to"], "uac", 1000)).start()

        def started() -> list[str]:
            events = [json.loads(body) for body, _ in list(exchange.line.events)]
            return [event["uuid"] for event in events if event["type"] == "call.started" and event["from"] == wanted["from"]]

        eventually(lambda: bool(started()), 4, "the exchange has told of the call")
        handler.reply(200, json.dumps({"source_call_id": started()[0]}).encode())

    asked.behaviour = places
    exchange.register(callee.phone, {"answering": exchange.answering, "busy": exchange.busy}[scenario])
    socket = caller.socket()
    request = ok(caller.client.post("/v1/calls", {"to": callee.phone}), 202)["call_request_id"]
    states: list[tuple[str, str | None]] = []
    while not states or states[-1][0] not in ("ended", "failed"):
        frame = socket.until("call.state", 30)
        assert frame["call_request_id"] == request
        states.append((frame["state"], frame["reason"]))
    assert [state for state in states if state[0] != "ringing"] == [
        ("accepted", None), *([("connected", None)] if last == "ended" else []), (last, reason)]
    call = only_call(caller)
    assert sent_again(exchange, caller) == [200, 200]
    assert ok(caller.client.get(f"/v1/calls/requests/{request}"))["call_id"] == call["call_id"]
    assert len(items(caller.client.get("/v1/calls"))) == 1
