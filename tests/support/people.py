"""Organisations and people, made the way an operator and the people themselves make them."""
from __future__ import annotations

import itertools
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from support.client import Client, ok
from support.database import Cluster
from support.live import LiveSocket
from support.platform import Platform

_numbers = itertools.count(random.randrange(1_000_000, 9_000_000))


def fresh_number() -> str:
    """A Swedish mobile number that no other person of this run has."""
    return f"+4670{next(_numbers) % 10_000_000:07}"


def fresh_name(prefix: str = "person") -> str:
    return f"{prefix}.{secrets.token_hex(5)}"


def organisation(platform: Platform, name: str = "Provbolaget AB") -> str:
    return platform.ctl("organisation", "create", "--brand", "advoco", "--name", name)["organisation_id"]


def notice_version(platform: Platform) -> str:
    return ok(Client(platform.url).get("/v1/notice?language=sv"), 200)["version"]


@dataclass
class Invitation:
    """Somebody who was invited and has not activated yet."""

    platform: Platform
    user_id: str
    code: str
    organisation: str
    given_name: str
    family_name: str
    email: str
    phone: str

    def body(self, **changes: Any) -> dict[str, Any]:
        """A correct activation; `changes` replaces members of it."""
        return {"activation_code": self.code, "username": fresh_name(), "password": fresh_password(),
                "acknowledged_notice": notice_version(self.platform), "consents": {}} | changes


def fresh_password() -> str:
    return "ett langt losenord " + secrets.token_hex(4)


def invite(platform: Platform, org: str, *, given_name: str = "Prov", family_name: str = "Person",
           email: str | None = None, phone: str | None = None, since: str | None = "2020-01-01T00:00:00Z",
           role: str | None = None) -> Invitation:
    email, phone = email or fresh_name() + "@example.org", phone or fresh_number()
    arguments = ["--organisation", org, "--given-name", given_name, "--family-name", family_name,
                 "--email", email, "--phone", phone]
    arguments += ["--phone-since", since] if since else []
    arguments += ["--role", role] if role else []
    answer = platform.ctl("user", "invite", *arguments)
    return Invitation(platform, answer["user_id"], answer["activation_code"], org, given_name, family_name,
                      email, phone)


@dataclass
class Person:
    """An activated user with one logged-in session."""

    platform: Platform
    user_id: str
    username: str
    password: str
    organisation: str
    given_name: str
    family_name: str
    email: str
    phone: str
    tokens: dict[str, Any]
    client: Client
    renewed_at: float = field(default_factory=time.monotonic)

    def stay_signed_in(self) -> None:
        """An access token lives for fifteen minutes, some runs longer."""
        if time.monotonic() - self.renewed_at < 300:
            return
        refresh = {"refresh_token": self.tokens["refresh_token"]}
        self.tokens = ok(Client(self.platform.url).post("/v1/token/refresh", refresh), 200)
        self.client, self.renewed_at = Client(self.platform.url, self.tokens["access_token"]), time.monotonic()

    def log_in(self, **more: Any) -> dict[str, Any]:
        """A further session of the same person: the whole answer."""
        body = {"username": self.username, "password": self.password} | more
        return ok(Client(self.platform.url).post("/v1/login", body), 200)

    def second_client(self) -> Client:
        return Client(self.platform.url, self.log_in()["access_token"])

    def socket(self, client: Client | None = None) -> LiveSocket:
        return LiveSocket(self.platform.port, token=(client or self.client).token).ready()

    def consent(self, purpose: str, state: str) -> Any:
        body = {"state": state, "notice_version": notice_version(self.platform)}
        return ok(self.client.put(f"/v1/consents/{purpose}", body))


def activate(invitation: Invitation, *, consents: dict[str, bool] | None = None, username: str | None = None,
             password: str | None = None) -> Person:
    platform = invitation.platform
    username, password = username or fresh_name(), password or fresh_password()
    body = invitation.body(username=username, password=password, consents=consents or {})
    anyone = Client(platform.url)
    assert ok(anyone.post("/v1/activation", body), 201)["user_id"] == invitation.user_id
    tokens = ok(anyone.post("/v1/login", {"username": username, "password": password}), 200)
    return Person(platform, invitation.user_id, username, password, invitation.organisation,
                  invitation.given_name, invitation.family_name, invitation.email, invitation.phone,
                  tokens, Client(platform.url, tokens["access_token"]))


def person(platform: Platform, org: str, *, consents: dict[str, bool] | None = None, **invited: Any) -> Person:
    """Invited, activated and logged in."""
    return activate(invite(platform, org, **invited), consents=consents)


def conversation(owner: Person, *others: Person, title: str | None = None) -> str:
    body: dict[str, Any] = {"member_ids": [other.user_id for other in others]}
    if title is not None:
        body["title"] = title
    return ok(owner.client.post("/v1/conversations", body), 200, 201)["conversation_id"]


def colleagues_without_sessions(platform: Platform, colleague: Person, count: int) -> list[str]:
    """Active accounts that nobody ever signs in to: made by the thousand, so past the front door."""
    rows = Cluster(platform).ask("samtal", f"""
        INSERT INTO users (organisation_id, user_id, role, state)
        SELECT '{colleague.organisation}', gen_random_uuid(), 'member', 'active' FROM generate_series(1, {count})
        RETURNING user_id""")
    return [user for user, in rows]
