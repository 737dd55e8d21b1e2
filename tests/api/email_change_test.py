"""B2, I5: a person's mail address changes by step-up and by opening the link that was mailed to the new one."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support import people
from support.client import Client, fields_of, items, ok, problem
from support.database import Cluster
from support.mail import letters_to, mailed_code
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
PROFILE = "/v1/me/profile"


def step_up(who: Person) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)


def fresh_address() -> str:
    return f"ny.{uuid.uuid4().hex[:12]}@example.org"


def address_of(who: Person) -> str:
    return ok(who.client.get(PROFILE), 200)["email"]


def ask(who: Person, address: str, **others: Any) -> str:
    """Asks for the change and answers the mailed code."""
    answer = ok(who.client.patch(PROFILE, {"email": address} | others), 200)
    assert answer["email"] == who.email
    return mailed_code(who.platform, address, "email-change")


def confirm(platform: Platform, code: str) -> Any:
    return Client(platform.url).post("/v1/me/email/confirm", {"code": code})


@pytest.fixture
def stepped_up(hire: Hire) -> Person:
    who = hire()
    step_up(who)
    return who


def test_I5_without_step_up_nothing_changes_and_nobody_is_written_to(hire: Hire, platform: Platform) -> None:
    who, address = hire(), fresh_address()
    before = ok(who.client.get(PROFILE), 200)
    problem(who.client.patch(PROFILE, {"email": address, "given_name": "Annan"}), 403, "step-up-required")
    assert ok(who.client.get(PROFILE), 200) == before
    step_up(who)
    ask(who, address)
    assert len(letters_to(platform, address)) == 1


def test_B2_the_new_address_counts_once_its_link_is_opened(stepped_up: Person, bo: Person, platform: Platform) -> None:
    who, address = stepped_up, fresh_address()
    code = ask(who, address)
    assert address_of(who) == who.email
    assert items(bo.client.get(f"/v1/directory?query={address}")) == []
    ok(confirm(platform, code), 204)
    assert address_of(who) == address
    assert [one["user_id"] for one in items(bo.client.get(f"/v1/directory?query={address}"))] == [who.user_id]
    assert ok(bo.client.get(f"/v1/users/{who.user_id}/profile"), 200)["email"] == address


def test_I5_the_old_address_is_told_and_gets_no_more_links(stepped_up: Person, platform: Platform) -> None:
    who, address = stepped_up, fresh_address()
    ok(confirm(platform, ask(who, address)), 204)
    told = eventually(lambda: letters_to(platform, who.email), 15, "the mail to the old address")
    assert len(told) == 1 and address not in told[0] and "http" not in told[0]
    Client(platform.url).post("/v1/password-reset", {"username": who.username})
    eventually(lambda: "/password-reset#" in letters_to(platform, address)[-1], 15, "the reset at the new address")
    assert len(letters_to(platform, who.email)) == 1


def test_B2_the_other_fields_of_the_same_edit_change_at_once(stepped_up: Person, platform: Platform) -> None:
    address = fresh_address()
    code = ask(stepped_up, address, given_name="Nytt", visibility={"email": "private"})
    profile = ok(stepped_up.client.get(PROFILE), 200)
    assert (profile["given_name"], profile["visibility"]["email"], profile["email"]) == ("Nytt", "private", stepped_up.email)
    ok(confirm(platform, code), 204)
    profile = ok(stepped_up.client.get(PROFILE), 200)
    assert (profile["given_name"], profile["visibility"]["email"], profile["email"]) == ("Nytt", "private", address)


def test_I5_a_link_works_once_even_in_parallel(stepped_up: Person, platform: Platform) -> None:
    code = ask(stepped_up, fresh_address())
    with ThreadPoolExecutor(8) as pool:
        answers = [answer.status_code for answer in pool.map(lambda _: confirm(platform, code), range(8))]
    assert answers.count(204) == 1 and answers.count(404) == 7
    problem(confirm(platform, code), 404)


def test_I5_of_two_changes_the_later_counts(stepped_up: Person, platform: Platform) -> None:
    first, second = fresh_address(), fresh_address()
    earlier, later = ask(stepped_up, first), ask(stepped_up, second)
    problem(confirm(platform, earlier), 404)
    assert address_of(stepped_up) == stepped_up.email
    ok(confirm(platform, later), 204)
    assert address_of(stepped_up) == second


def test_I5_unknown_foreign_and_expired_codes_are_refused(stepped_up: Person, hire: Hire, platform: Platform) -> None:
    code = ask(stepped_up, fresh_address())
    problem(confirm(platform, "x" * 43), 404)
    other = hire()
    ok(Client(platform.url).post("/v1/password-reset", {"username": other.username}), 202)
    problem(confirm(platform, mailed_code(platform, other.email, "password-reset")), 404)
    reset = {"code": code, "password": people.fresh_password()}
    problem(Client(platform.url).post("/v1/password-reset/confirm", reset), 404)
    Cluster(platform).ask("samtal", "UPDATE mail_links SET expires_at = now() - interval '1 second'"
                                    f" WHERE user_id = '{stepped_up.user_id}'")
    problem(confirm(platform, code), 404)
    assert address_of(stepped_up) == stepped_up.email


def test_I5_a_new_password_takes_back_what_was_asked_for(stepped_up: Person, platform: Platform) -> None:
    code = ask(stepped_up, fresh_address())
    ok(stepped_up.client.post("/v1/me/password", {"current": stepped_up.password, "new": people.fresh_password()}), 204)
    problem(confirm(platform, code), 404)
    assert address_of(stepped_up) == stepped_up.email


@pytest.mark.parametrize("address", ["", "anna", "@example.org", "anna@", "a b@example.org", "a@b@example.org",
                                     "anna@example.org\r\nBcc: x@example.org", "x" * 250 + "@example.org", None, 7, []])
def test_I5_what_is_no_address_is_refused_and_changes_nothing(stepped_up: Person, address: Any) -> None:
    before = ok(stepped_up.client.get(PROFILE), 200)
    said = problem(stepped_up.client.patch(PROFILE, {"email": address, "given_name": "Annan"}), 400)
    assert fields_of(said) == {"email"}
    assert ok(stepped_up.client.get(PROFILE), 200) == before


def test_I5_a_mailbox_is_not_flooded(stepped_up: Person, platform: Platform) -> None:
    address = fresh_address()
    answers = [stepped_up.client.patch(PROFILE, {"email": address}).status_code for _ in range(8)]
    assert answers == [200] * 5 + [429] * 3
    eventually(lambda: len(letters_to(platform, address)) == 5, 15, "the five letters")


def test_B2_a_restricted_account_keeps_its_address(stepped_up: Person, platform: Platform) -> None:
    who, address = stepped_up, fresh_address()
    code = ask(who, address)
    for active in (True, False):
        ok(who.client.post("/v1/privacy/requests", {"kind": "restriction", "active": active}), 202)
        if active:
            problem(who.client.patch(PROFILE, {"email": fresh_address()}), 403, "processing-restricted")
            problem(confirm(platform, code), 403, "processing-restricted")
    assert address_of(who) == who.email
    ok(confirm(platform, code), 204)
    assert address_of(who) == address


def test_I5_the_letters_carry_no_content(hire: Hire, platform: Platform) -> None:
    who, address = hire(given_name="Hemligfornamn", family_name="Hemligefternamn"), fresh_address()
    step_up(who)
    ok(confirm(platform, ask(who, address)), 204)
    told = eventually(lambda: letters_to(platform, who.email), 15, "the mail to the old address")
    letters = "".join(letters_to(platform, address) + told)
    for secret in (who.given_name, who.family_name, who.phone, who.username, who.email, address, who.user_id):
        assert secret not in letters


def test_I5_the_waiting_address_is_sealed_and_stands_in_no_log(stepped_up: Person, platform: Platform) -> None:
    address = fresh_address()
    code = ask(stepped_up, address)
    assert address.encode() not in Cluster(platform).dump("samtal")
    ok(confirm(platform, code), 204)
    assert address.encode() not in Cluster(platform).dump("samtal")
    for log in (platform.data / "log").iterdir():
        text = log.read_text(errors="replace")
        assert address not in text and code not in text
