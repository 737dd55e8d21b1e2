"""J1: what a person has corrected through a request, and how a correction reaches copies (GDPR Art. 16)."""
from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, fields_of, items, ok, problem
from support.database import Cluster
from support.mail import letters_to, mailed_code
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"


def step_up(who: Person) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)


def correct(who: Person, field: str, value: Any, language: str = "sv") -> dict[str, Any]:
    body = {"kind": "rectification", "field": field, "value": value}
    return ok(who.client.post(REQUESTS, body, headers={"Accept-Language": language}), 202)


def read(who: Person, made: dict[str, Any]) -> dict[str, Any]:
    return ok(who.client.get(f"{REQUESTS}/{made['request_id']}"), 200)


def profile(who: Person) -> dict[str, Any]:
    return ok(who.client.get("/v1/me/profile"), 200)


def fresh_address() -> str:
    return f"ratt.{uuid.uuid4().hex[:12]}@example.org"


def test_J1_own_numbers_are_corrected_at_once(hire: Hire) -> None:
    who = hire()
    assert correct(who, "contact_numbers", ["08-123 456", "+46 70 111"])["state"] == "done"
    assert profile(who)["contact_numbers"] == ["08-123 456", "+46 70 111"]
    assert correct(who, "contact_numbers", [])["state"] == "done"
    assert profile(who)["contact_numbers"] == []


@pytest.mark.parametrize("value", ["08-1", ["x"], [1], ["1"] * 11, None, {"a": 1}, [""]])
def test_J1_what_is_no_list_of_numbers_is_refused(hire: Hire, value: Any) -> None:
    who = hire()
    refused = who.client.post(REQUESTS, {"kind": "rectification", "field": "contact_numbers", "value": value})
    assert fields_of(problem(refused, 400)) == {"value"}
    assert items(who.client.get(REQUESTS)) == []


def test_J1_an_address_is_corrected_once_its_owner_confirms_it(hire: Hire, platform: Platform) -> None:
    who, address = hire(), fresh_address()
    problem(who.client.post(REQUESTS, {"kind": "rectification", "field": "email", "value": address}), 403, "step-up-required")
    assert items(who.client.get(REQUESTS)) == [] and letters_to(platform, address) == []
    step_up(who)
    made = correct(who, "email", address)
    assert (made["state"], made["waits_for"], made["done_at"]) == ("running", "confirmation", None)
    code = mailed_code(platform, address, "email-change")
    assert profile(who)["email"] == who.email
    ok(Client(platform.url).post("/v1/me/email/confirm", {"code": code}), 204)
    assert profile(who)["email"] == address
    done = eventually(lambda: (found := read(who, made))["state"] == "done" and found, 20, "the request is done")
    assert done["done_at"] and "waits_for" not in done
    assert [one["recipient"] for one in done["recipients"]] == ["reseller"]


@pytest.mark.parametrize("language, words", [("sv", "inte i tid"), ("en", "not confirmed in time")])
def test_J1_an_address_that_nobody_confirms_is_refused_with_the_reason(hire: Hire, platform: Platform, language: str, words: str) -> None:
    who, address = hire(), fresh_address()
    step_up(who)
    made = correct(who, "email", address, language)
    assert read(who, made)["state"] == "running"
    Cluster(platform).ask("samtal", f"UPDATE mail_links SET expires_at = now() WHERE user_id = '{who.user_id}'")
    refused = eventually(lambda: (found := read(who, made))["state"] == "refused" and found, 20, "the request is refused")
    assert words in refused["reason"] and "recipients" not in refused
    assert profile(who)["email"] == who.email


def test_J1_a_later_address_replaces_an_earlier_one(hire: Hire, platform: Platform) -> None:
    who, first, second = hire(), fresh_address(), fresh_address()
    step_up(who)
    earlier = correct(who, "email", first, "en")
    later = correct(who, "email", second, "en")
    assert (read(who, earlier)["state"], read(who, earlier)["reason"]) == ("refused", "Replaced by a later request.")
    problem(Client(platform.url).post("/v1/me/email/confirm", {"code": mailed_code(platform, first, "email-change")}), 404)
    ok(Client(platform.url).post("/v1/me/email/confirm", {"code": mailed_code(platform, second, "email-change")}), 204)
    eventually(lambda: read(who, later)["state"] == "done", 20, "the later one is done")
    assert profile(who)["email"] == second


def test_J1_an_address_that_the_profile_asks_for_later_replaces_it_too(hire: Hire, platform: Platform) -> None:
    who, first, second = hire(), fresh_address(), fresh_address()
    step_up(who)
    earlier = correct(who, "email", first, "en")
    ok(who.client.patch("/v1/me/profile", {"email": second}), 200)
    ended = eventually(lambda: (found := read(who, earlier))["state"] == "refused" and found, 20, "it is given up")
    assert ended["reason"] == "Replaced by a later request."


def test_J1_a_link_that_was_put_out_of_use_confirms_nothing(hire: Hire, platform: Platform) -> None:
    """A changed password takes back what was mailed before: used is not confirmed."""
    who, address = hire(), fresh_address()
    step_up(who)
    made = correct(who, "email", address)
    ok(who.client.post("/v1/me/password", {"current": who.password, "new": people.fresh_password()}), 204)
    eventually(lambda: read(who, made)["state"] == "refused", 20, "it is refused")
    assert profile(who)["email"] == who.email


def test_J1_no_address_is_refused_and_leaves_no_request(hire: Hire) -> None:
    who = hire()
    step_up(who)
    refused = who.client.post(REQUESTS, {"kind": "rectification", "field": "email", "value": "ingen adress"})
    assert fields_of(problem(refused, 400)) == {"value"}
    assert items(who.client.get(REQUESTS)) == []


@pytest.mark.parametrize("field, sv, en", [
    ("phone_numbers", "administratör rättar det", "administrator corrects it"), ("username", "kan inte ändras", "cannot be changed"),
    ("messages", "vad som skrevs då", "what was written then"), ("calls", "telefonväxeln", "telephone switch")])
def test_J1_what_is_corrected_elsewhere_is_refused_with_the_reason(hire: Hire, field: str, sv: str, en: str) -> None:
    who = hire()
    for language, words in (("sv", sv), ("en", en)):
        made = correct(who, field, "+46701740605", language)
        assert made["state"] == "refused" and words in made["reason"] and made["done_at"]
        assert read(who, made)["reason"] == made["reason"]
    assert profile(who)["phone_numbers"] == [who.phone]


@pytest.mark.parametrize("field", ["user_id", "role", "", "password_hash", "given_name "])
def test_J1_what_is_no_field_is_refused(hire: Hire, field: str) -> None:
    refused = hire().client.post(REQUESTS, {"kind": "rectification", "field": field, "value": "x"})
    assert fields_of(problem(refused, 400)) == {"field"}


# --- copies

def archived_names(who: Person, request_id: str) -> bytes:
    answer = who.client.get(f"{REQUESTS}/{request_id}/archive")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return archive.read("data/profiles.jsonl")


def ready(who: Person, request_id: str) -> bool:
    return ok(who.client.get(f"{REQUESTS}/{request_id}"))["state"] == "ready"


def test_J1_a_correction_reaches_an_archive_that_waits(hire: Hire) -> None:
    who = hire(given_name="Felstavad")
    step_up(who)
    made = ok(who.client.post(REQUESTS, {"kind": "access"}), 202)["request_id"]
    eventually(lambda: ready(who, made), 60, "the archive is ready")
    assert "Felstavad".encode() in archived_names(who, made)
    correct(who, "given_name", "Rättstavad")
    eventually(lambda: ready(who, made), 60, "the archive is ready again")
    names = archived_names(who, made).decode()
    assert "Rättstavad" in names and "Felstavad" not in names


def test_J1_a_corrected_address_reaches_the_directory(hire: Hire, platform: Platform) -> None:
    who, colleague, address = hire(), hire(), fresh_address()
    assert ok(colleague.client.get(f"/v1/users/{who.user_id}/profile"), 200)["email"] == who.email
    step_up(who)
    correct(who, "email", address)
    ok(Client(platform.url).post("/v1/me/email/confirm", {"code": mailed_code(platform, address, "email-change")}), 204)
    assert ok(colleague.client.get(f"/v1/users/{who.user_id}/profile"), 200)["email"] == address
