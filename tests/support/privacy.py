"""What a person asks about their own data."""
from __future__ import annotations

from typing import Any

from .client import Client, ok
from .people import Person
from .platform import Platform, eventually

REQUESTS = "/v1/privacy/requests"


def step_up(who: Person) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)


def ask(who: Person, kind: str, **more: Any) -> dict[str, Any]:
    return ok(who.client.post(REQUESTS, {"kind": kind} | more), 202)


def erase(who: Person) -> dict[str, Any]:
    step_up(who)
    return ask(who, "erasure")


def receipt(platform: Platform, accepted: dict[str, Any]) -> Client:
    return Client(platform.url, accepted["receipt_token"])


def certified(platform: Platform, accepted: dict[str, Any]) -> dict[str, Any]:
    """The erasure's certificate, as soon as it is there."""
    holder, path = receipt(platform, accepted), f"{REQUESTS}/{accepted['request_id']}"
    eventually(lambda: ok(holder.get(path), 200)["state"] == "done", 30, "the erasure is done")
    return ok(holder.get(path + "/certificate"), 200)
