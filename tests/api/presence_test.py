"""B3: who is there: seen by colleagues who watch, one state for all devices, gone with the last of them."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support.client import ok
from support.database import Cluster
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]


def watch(eyes: LiveSocket, *who: Person) -> list[tuple[str, str]]:
    """The states at the time of the watch."""
    eyes.passed_by = []
    eyes.send({"type": "presence.watch", "user_ids": [one.user_id for one in who]})
    return [(frame["user_id"], frame["state"]) for frame in eyes.received_before_now() if frame["type"] == "presence"]


def choose(socket: LiveSocket, state: str) -> None:
    socket.send({"type": "presence.set", "state": state})
    assert not [frame for frame in socket.received_before_now() if frame["type"] == "error"]


def test_B3_a_watch_tells_at_once_who_is_there(hire: Hire) -> None:
    shown, absent, watcher = hire(), hire(), hire()
    me = shown.socket()
    choose(me, "busy")
    assert watch(watcher.socket(), shown, absent) == [(shown.user_id, "busy")]


def test_B3_a_person_is_offline_when_the_last_device_is_gone(hire: Hire) -> None:
    shown, watcher = hire(), hire()
    eyes = watcher.socket()
    assert watch(eyes, shown) == []
    first = shown.socket()
    assert eyes.until("presence")["state"] == "available"
    second = shown.socket()
    choose(second, "away")
    assert eyes.until("presence")["state"] == "away"
    first.close()
    assert not [frame for frame in eyes.received_before_now() if frame["type"] == "presence"]
    second.close()
    assert eyes.until("presence") == {"type": "presence", "user_id": shown.user_id, "state": "offline"}
    shown.socket()
    assert eyes.until("presence")["state"] == "available"  # nothing was kept


def test_B3_whoever_is_invisible_looks_offline(hire: Hire) -> None:
    shown, watcher = hire(), hire()
    me, eyes = shown.socket(), watcher.socket()
    assert watch(eyes, shown) == [(shown.user_id, "available")]
    choose(me, "invisible")
    assert eyes.until("presence") == {"type": "presence", "user_id": shown.user_id, "state": "offline"}
    me.close()  # of which nobody hears anything
    assert watch(watcher.socket(), shown) == []
    assert not [frame for frame in eyes.received_before_now() if frame["type"] == "presence"]


def test_B3_a_watch_takes_the_place_of_the_one_before(hire: Hire) -> None:
    first, second, watcher = hire(), hire(), hire()
    eyes = watcher.socket()
    watch(eyes, first)
    watch(eyes, second)
    first.socket()
    second.socket()
    assert eyes.until("presence")["user_id"] == second.user_id
    assert first.user_id not in str(eyes.passed_by)


def test_J1_a_restricted_person_cannot_be_watched(hire: Hire) -> None:
    shown, watcher = hire(), hire()
    me, eyes = shown.socket(), watcher.socket()
    watch(eyes, shown)
    ok(shown.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    assert eyes.until("presence")["state"] == "offline"
    assert me.closed() == 4001
    assert watch(eyes, shown) == []


@pytest.mark.parametrize("frame", [
    {"type": "presence.set"}, {"type": "presence.set", "state": "offline"}, {"type": "presence.set", "state": 1},
    {"type": "presence.set", "state": "busy", "until": "x"}, {"type": "presence.watch"},
    {"type": "presence.watch", "user_ids": "x"}, {"type": "presence.watch", "user_ids": ["x"]},
    {"type": "presence.watch", "user_ids": [str(uuid.uuid4()) for _ in range(1001)]}])
def test_a_bad_presence_frame_is_refused(anna: Person, frame: dict[str, Any]) -> None:
    assert anna.socket().ask(frame)["type"] == "error"


def test_B3_presence_is_stored_nowhere(platform: Platform) -> None:
    columns = Cluster(platform).ask("samtal", """SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND (table_name || column_name) ~* 'presence|last_seen|online'""")
    assert columns == []
