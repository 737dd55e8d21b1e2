"""Records as real switches write them: tests/switches, with the numbers, times and names that a test wants."""
from __future__ import annotations

import base64
import datetime
import itertools
import json
import pathlib
import time
import urllib.parse
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.client import Client
from support.people import Person
from support.platform import Platform

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "switches"
CALLER, CALLEE, THIRD = "+46700000001", "+46700000002", "+46700000003"
STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")
EPOCH = "1762923"  # how all seconds of the samples begin
_unique = itertools.count(int(time.time() * 1000))


@dataclass
class Switch:
    """A switch of an organisation, and its credential."""

    platform: Platform
    switch_id: str
    token: str

    @property
    def client(self) -> Client:
        return Client(self.platform.url, self.token)

    def post(self, path: str, body: str | bytes, kind: str = "application/json", **headers: str) -> Any:
        data = body.encode() if isinstance(body, str) else body
        return self.client.call("POST", path, data=data, headers={"Content-Type": kind} | headers)

    def freeswitch(self, body: str | bytes, kind: str = "application/json", query: str = "") -> Any:
        return self.post(f"/v1/ingest/freeswitch/{self.switch_id}{query}", body, kind)

    def asterisk(self, body: str, kind: str) -> Any:
        return self.post("/v1/ingest/asterisk", body, kind)

    def kamailio(self, body: str) -> Any:
        return self.post("/v1/ingest/kamailio", body)

    def live(self, kind: str, call: str, caller: str, callee: str, **more: str) -> None:
        """What Kamailio tells while a call of that name happens."""
        event = {"type": f"call.{kind}", "at": f"{time.time():.6f}", "node": "n", "uuid": call, "call_id": "c@192.0.2.1",
                 "from": caller, "to": callee} | more
        assert self.post("/v1/ingest/kamailio/events", json.dumps(event)).status_code == 204


def switch(platform: Platform, organisation: str, *settings: str) -> Switch:
    made = platform.ctl("switch", "create", "--organisation", organisation, "--name", "Växeln", *settings)
    return Switch(platform, made["switch_id"], made["token"])


def sample(file: str, caller: str, callee: str, third: str = THIRD, *, key: str | None = None) -> str:
    """The sample as of half an hour ago at most; `key` keeps what it is called from one call to the next."""
    text = (SAMPLES / file).read_bytes().decode()
    number = key or str(next(_unique))
    begin = (int(time.time()) // 1000 - 1) * 1000
    for old, new in ((CALLER, caller), (CALLEE, callee), (THIRD, third),
                     (CALLER.replace("+", "%2B"), urllib.parse.quote(caller))):
        text = text.replace(old, new)
    for old in ("51156b0b-f91b-4fd3-9c8f-15226f6098be", "ab0aa08a-ead3-42c6-a365-99553a001fba",
                "a7f0c9a2-51a4-4c5d-9d43-0a1b2c3d4e5f"):
        text = text.replace(old, str(uuid.uuid5(uuid.NAMESPACE_URL, old + number)))
    text = text.replace("1762923112.1", f"{number}.1")  # Asterisk's name for the channel
    text = text.replace(EPOCH, str(begin // 1000))
    wall = datetime.datetime.fromtimestamp(begin, STOCKHOLM)
    for minute, second in ((1, 52), (2, 2), (3, 2)):
        old = f"2025-11-12 10:2{minute}:{second:02}"
        new = wall + datetime.timedelta(minutes=minute, seconds=second)
        text = text.replace(old, new.strftime("%Y-%m-%d %H:%M:%S"))
    return text


def forms(record: str) -> dict[str, tuple[bytes, str]]:
    """The three ways in which mod_json_cdr posts a record: its body and content type."""
    minified = json.dumps(json.loads(record))
    return {"json": (minified.encode(), "application/json"),
            "form": (b"cdr=" + urllib.parse.quote(minified, safe="").encode(), "application/x-www-form-urlencoded"),
            "base64": (b"cdr=" + base64.b64encode(minified.encode()), "application/x-www-form-base64-encoded")}


def every_other(value: Any, allowed: set[str], word: Callable[[], str], key: str = "") -> Any:
    """The record with a word of `word` in each text that the allow-list does not name."""
    if isinstance(value, dict):
        return {name: every_other(one, allowed, word, name) for name, one in value.items()}
    if isinstance(value, list):
        return [every_other(one, allowed, word, key) for one in value]
    return word() if isinstance(value, str) and key not in allowed else value


def history(who: Person) -> list[dict[str, Any]]:
    answer = who.client.get("/v1/calls?limit=50")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def epoch(moment: str) -> float:
    """Seconds since 1970 of one of the API's times."""
    return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
