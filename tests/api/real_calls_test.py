"""E1 with a real exchange: people call each other through Kamailio, and find the calls in their history."""
from __future__ import annotations

import json
import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support import sip, switches
from support.people import Person
from support.platform import Platform, eventually
from support.sip import Exchange
from support.switches import history

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def exchange(platform: Platform, organisation: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    pbx = switches.switch(platform, organisation)
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
