"""What a person chooses, purpose by purpose."""
from __future__ import annotations

from typing import Any

from . import people
from .client import items
from .people import Person


def state(who: Person, purpose: str, headers: dict[str, str] | None = None) -> str:
    listed = items(who.client.get("/v1/consents", headers=headers))
    return {item["purpose"]: item["state"] for item in listed}[purpose]


def choose(who: Person, purpose: str, wanted: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"state": wanted, "notice_version": people.notice_version(who.platform)} | more
    return who.client.put(f"/v1/consents/{purpose}", body, headers=headers)


def item(who: Person, purpose: str, query: str = "", headers: dict[str, str] | None = None) -> dict[str, Any]:
    listed = items(who.client.get("/v1/consents" + query, headers=headers))
    return next(one for one in listed if one["purpose"] == purpose)
