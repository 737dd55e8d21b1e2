"""B3: who is there: seen by colleagues who watch, one state for all devices, gone with the last of them."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import switches
from support.client import ok
from support.database import Cluster
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform
from support.switches import Switch

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


@pytest.fixture(scope="module")
def pbx(platform: Platform, organisation: str) -> Switch:
    return switches.switch(platform, organisation)


def show_calls(who: Person, seen_by: str = "organisation") -> None:
    profile = ok(who.client.patch("/v1/me/profile", {"visibility": {"on_a_call": seen_by}}))
    assert profile["visibility"]["on_a_call"] == seen_by


def look(who: Person, state: str, *, on_a_call: bool = False) -> dict[str, Any]:
    return {"type": "presence", "user_id": who.user_id, "state": state} | ({"on_a_call": True} if on_a_call else {})


def looks(eyes: LiveSocket, *who: Person) -> list[dict[str, Any]]:
    """What a watch that begins now is told."""
    eyes.passed_by = []
    eyes.send({"type": "presence.watch", "user_ids": [one.user_id for one in who]})
    return [frame for frame in eyes.received_before_now() if frame["type"] == "presence"]


def test_E1_colleagues_see_nothing_of_a_call_that_the_person_does_not_show(hire: Hire, pbx: Switch) -> None:
    """Not even that they are busy; their own devices see it. It is off at first."""
    hidden, shown, watcher = hire(), hire(), hire()
    assert ok(hidden.client.get("/v1/me/profile"))["visibility"]["on_a_call"] == "private"
    show_calls(shown)
    mine, eyes = hidden.socket(), watcher.socket()
    shown.socket()
    assert looks(mine, hidden) == [look(hidden, "available")]
    assert len(looks(eyes, hidden, shown)) == 2
    pbx.live("answered", "c1", hidden.phone, "+46812345678")
    assert mine.until("presence") == look(hidden, "available", on_a_call=True)
    pbx.live("answered", "c2", "+46812345678", shown.phone)
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)  # the first that they hear
    mine.send({"type": "presence.set", "state": "away"})
    assert mine.until("presence") == look(hidden, "away", on_a_call=True)
    assert eyes.until("presence") == look(hidden, "away")
    assert looks(watcher.socket(), hidden) == [look(hidden, "away")]
    for call, who in (("c1", hidden), ("c2", shown)):
        pbx.live("ended", call, who.phone, "+46812345678")
    assert mine.until("presence") == look(hidden, "away")
    assert eyes.until("presence") == look(shown, "available")


def test_E1_the_switch_works_in_the_middle_of_a_call(hire: Hire, pbx: Switch) -> None:
    shown, watcher = hire(), hire()
    me, eyes = shown.socket(), watcher.socket()
    assert looks(eyes, shown) == [look(shown, "available")]
    pbx.live("answered", "middle", shown.phone, watcher.phone)
    show_calls(shown)
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    assert looks(watcher.socket(), shown) == [look(shown, "busy", on_a_call=True)]
    show_calls(shown, "private")
    assert eyes.until("presence") == look(shown, "available")
    show_calls(shown)
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    choose(me, "invisible")
    assert eyes.until("presence") == look(shown, "offline")
    choose(me, "away")
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    me.close()
    assert eyes.until("presence") == look(shown, "offline")
    shown.socket()
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    pbx.live("ended", "middle", shown.phone, watcher.phone)
    assert eyes.until("presence") == look(shown, "available")


def test_E1_late_and_repeated_events_put_nobody_back_on_the_phone(hire: Hire, pbx: Switch) -> None:
    shown, watcher = hire(), hire()
    show_calls(shown)
    shown.socket()
    eyes = watcher.socket()
    looks(eyes, shown)
    for kind in ("ringing", "ended", "answered", "answered"):
        pbx.live(kind, "late", shown.phone, "+46812345678")
    for _ in range(2):
        pbx.live("answered", "once", shown.phone, "+46812345678")
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    pbx.live("failed", "once", shown.phone, "+46812345678")
    assert eyes.until("presence") == look(shown, "available")
    assert looks(watcher.socket(), shown) == [look(shown, "available")]


def test_E1_a_record_ends_a_call_whose_end_the_switch_did_not_tell(hire: Hire, pbx: Switch) -> None:
    shown, watcher = hire(), hire()
    show_calls(shown)
    shown.socket()
    eyes = watcher.socket()
    looks(eyes, shown)
    pbx.live("answered", "untold", shown.phone, watcher.phone)
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    record = {"source_call_id": "untold", "caller": {"number": shown.phone}, "callee": {"number": watcher.phone},
              "started_at": "2026-03-04T12:00:00Z", "ended_at": "2026-03-04T12:01:10Z", "outcome": "answered"}
    ok(pbx.client.post("/v1/ingest/calls", [record]), 200)
    assert eyes.until("presence") == look(shown, "available")


def test_J1_a_restricted_person_is_on_no_call(hire: Hire, pbx: Switch) -> None:
    shown, watcher = hire(), hire()
    show_calls(shown)
    shown.socket()
    eyes = watcher.socket()
    looks(eyes, shown)
    pbx.live("answered", "restricted", shown.phone, "+46812345678")
    assert eyes.until("presence") == look(shown, "busy", on_a_call=True)
    ok(shown.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    while (seen := eyes.until("presence")) != look(shown, "offline"):
        assert seen == look(shown, "available")  # the call is forgotten, the device not yet gone
    assert looks(eyes, shown) == []
    ok(shown.client.post("/v1/privacy/requests", {"kind": "restriction", "active": False}), 202)
    shown.log_in()
    shown.socket()
    assert looks(eyes, shown) == [look(shown, "available")]


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
