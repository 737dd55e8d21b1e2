"""Calls that people ask for in the app, as their clients and their organisation's switch see them."""
from __future__ import annotations

import pathlib

from support.client import ok
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform
from support.switchboard import Switchboard

ELSEWHERE = "+46812345678"


def set_callback(place: Platform, board: Switchboard, switch_id: str, url: str, tmp: pathlib.Path) -> None:
    secret = tmp / "credential"
    secret.write_text(board.credential + "\n")
    place.ctl("switch", "callback", "set", switch_id, "--url", url, "--credential-file", str(secret))


def call(who: Person, to: str = ELSEWHERE, **more: str) -> str:
    answer = ok(who.client.post("/v1/calls", {"to": to, **more}), 202)
    assert answer["state"] == "requested"
    return answer["call_request_id"]


def state(who: Person, request: str) -> tuple[str, str | None]:
    answer = ok(who.client.get(f"/v1/calls/requests/{request}"), 200)
    return answer["state"], answer["reason"]


def next_state(socket: LiveSocket) -> tuple[str, str, str | None]:
    frame = socket.until("call.state")
    return frame["call_request_id"], frame["state"], frame["reason"]
