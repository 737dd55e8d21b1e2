"""B2: the profile, and who sees which part of it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import all_items, fields_of, items, ok, problem
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]


def seen_by(viewer: Person, who: Person) -> dict[str, Any]:
    return ok(viewer.client.get(f"/v1/users/{who.user_id}/profile"), 200)


def test_B2_the_profile_starts_with_what_the_invitation_said(hire: Hire) -> None:
    who = hire(given_name="Åsa", family_name="Öberg")
    profile = ok(who.client.get("/v1/me/profile"), 200)
    assert set(profile) >= {"given_name", "family_name", "email", "phone_numbers", "contact_numbers", "visibility"}
    assert (profile["given_name"], profile["family_name"]) == ("Åsa", "Öberg")
    assert profile["email"] == who.email
    assert profile["phone_numbers"] == [who.phone]
    assert profile["contact_numbers"] == []
    assert set(profile["visibility"].values()) <= {"organisation", "private"}


def test_B2_a_person_edits_the_own_profile(hire: Hire, bo: Person) -> None:
    who = hire()
    change = {"given_name": "Ny", "family_name": "Namnsson", "contact_numbers": ["+46701740605", "+4687654321"],
              "visibility": {"contact_numbers": "organisation"}}
    ok(who.client.patch("/v1/me/profile", change))
    profile = ok(who.client.get("/v1/me/profile"), 200)
    assert {key: profile[key] for key in ("given_name", "family_name", "contact_numbers")} == \
        {key: change[key] for key in ("given_name", "family_name", "contact_numbers")}
    seen = seen_by(bo, who)
    assert (seen["given_name"], seen["contact_numbers"]) == ("Ny", change["contact_numbers"])


@pytest.mark.parametrize("field", ["email", "phone_numbers", "contact_numbers"])
def test_B2_colleagues_see_a_field_only_while_it_is_open_to_them(hire: Hire, bo: Person, field: str) -> None:
    who = hire()
    ok(who.client.patch("/v1/me/profile", {"contact_numbers": ["+46701740605"]}))
    own = ok(who.client.get("/v1/me/profile"), 200)
    for visibility in ("organisation", "private", "organisation"):
        ok(who.client.patch("/v1/me/profile", {"visibility": {field: visibility}}))
        shown = seen_by(bo, who).get(field)
        if visibility == "organisation":
            assert shown == own[field]
        else:
            assert not shown
    assert ok(who.client.get("/v1/me/profile"), 200)[field] == own[field]


def test_B2_a_private_field_finds_nobody_in_the_directory(hire: Hire, bo: Person) -> None:
    who = hire()
    ok(who.client.patch("/v1/me/profile", {"visibility": {"email": "private"}}))
    found = items(bo.client.get(f"/v1/directory?query={who.email}"))
    assert who.user_id not in [item["user_id"] for item in found]
    assert who.email not in str(found)


def test_B2_assigned_numbers_and_ids_are_read_only(hire: Hire) -> None:
    who = hire()
    for field, value in (("phone_numbers", ["+46701740605"]), ("user_id", who.user_id), ("role", "admin")):
        assert field in fields_of(problem(who.client.patch("/v1/me/profile", {field: value}), 400))
    assert ok(who.client.get("/v1/me/profile"), 200)["phone_numbers"] == [who.phone]


@pytest.mark.parametrize("change", [
    {"given_name": ""}, {"given_name": None}, {"given_name": 7}, {"given_name": "x" * 65536},
    {"given_name": "a\u0000b"}, {"contact_numbers": "+46701740605"}, {"contact_numbers": ["not a number"]},
    {"contact_numbers": [7]}, {"contact_numbers": ["+46701740605"] * 1000}, {"visibility": {"email": "everybody"}},
    {"visibility": {"no_such_field": "private"}}, {"visibility": "private"}, {"nickname": "x"}, []])
def test_a_bad_edit_is_refused_and_changes_nothing(anna: Person, change: Any) -> None:
    before = ok(anna.client.get("/v1/me/profile"), 200)
    problem(anna.client.patch("/v1/me/profile", change), 400)
    assert ok(anna.client.get("/v1/me/profile"), 200) == before


def test_B2_the_directory_finds_colleagues_and_nobody_else(anna: Person, bo: Person, david: Person) -> None:
    found = items(anna.client.get("/v1/directory?query=Berg"))
    assert bo.user_id in [item["user_id"] for item in found]
    assert all(set(item) >= {"user_id", "given_name", "family_name"} for item in found)
    for query in ("David", "Dahl", david.email, david.phone.replace("+", "%2B"), ""):
        assert david.user_id not in str(anna.client.get(f"/v1/directory?query={query}").text)


def test_B2_the_directory_ignores_case(anna: Person, hire: Hire) -> None:
    name = people.fresh_name("Ölander").replace(".", "")
    who = hire(family_name=name)
    for query in (name, name.lower(), name.upper()):
        assert [item["user_id"] for item in items(anna.client.get("/v1/directory?query=" + query))] == [who.user_id]


def test_the_directory_pages_without_gaps(platform: Platform) -> None:
    crowd = people.organisation(platform, "Många AB")
    first = people.person(platform, crowd)
    rest = [people.activate(people.invite(platform, crowd, family_name="Flera")) for _ in range(4)]
    found = [item["user_id"] for item in all_items(first.client, "/v1/directory?query=Flera", 2)]
    assert sorted(found) == sorted(who.user_id for who in rest)


def test_the_directory_takes_a_query_as_text_only(anna: Person) -> None:
    for query in ("%25", "_", "'; DROP TABLE users; --", "(((((", "%5C", "%F0%9F%98%80", "x" * 300):
        answer = anna.client.get("/v1/directory?query=" + query)
        assert answer.status_code in (200, 400)
        assert answer.status_code == 400 or items(answer) == []


def test_an_edit_of_one_does_not_touch_another(hire: Hire, anna: Person) -> None:
    before = ok(anna.client.get("/v1/me/profile"), 200)
    ok(hire().client.patch("/v1/me/profile", {"given_name": "Någon", "contact_numbers": ["+46701740605"]}))
    assert ok(anna.client.get("/v1/me/profile"), 200) == before
