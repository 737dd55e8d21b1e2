"""Runs of retention by the operator's clock, and what they leave of a conversation."""
from __future__ import annotations

import datetime

from .client import Client, items, ok
from .people import Person
from .platform import Platform


def in_days(number: int) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def run(place: Platform, now: str | None = None, *more: str) -> dict[str, int]:
    answer = place.ctl("retention", "run", *(["--now", now] if now else []), *more)
    assert set(answer) == {"counts"}
    counts: dict[str, int] = answer["counts"]
    return counts


def anew(who: Person) -> Client:
    """The clock that ran ahead ended the sessions, as it should."""
    return who.second_client()


def history(client: Client, conversation: str) -> list[int]:
    return [message["seq"] for message in items(client.get(f"/v1/conversations/{conversation}/messages"))]


def first_and_last(client: Client, conversation: str) -> tuple[int, int]:
    found = ok(client.get(f"/v1/conversations/{conversation}"), 200)
    return found["first_seq"], found["last_seq"]
