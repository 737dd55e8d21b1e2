"""The audit trail says what was done and to nobody by name: no user id, name, number or address stands in it (I5, J3)."""
from __future__ import annotations

import pathlib

import pytest

from support import canary, people
from support.client import items
from support.database import Cluster
from support.people import Person
from support.platform import Platform

PLACES = ("audit_leaves", "audit_checkpoints", "breach_cases")


@pytest.fixture(scope="module")
def looked_at(platform: Platform) -> tuple[Person, Person]:
    """Somebody to whom everything happened that leaves a leaf, and the staff who did some of it."""
    org = people.organisation(platform)
    brood = canary.Brood()
    person, staff = (people.person(platform, org, given_name=brood.word(), family_name=brood.word(),
                                   email=brood.word() + "@example.org", role=role) for role in ("member", "support"))
    for code in ("support-case", "security-incident", "account-help", "legal-request"):
        platform.ctl("user", "show", person.user_id, "--as", staff.username, "--purpose-code", code)
    number = people.fresh_number()
    platform.ctl("user", "number", "add", person.user_id, "--phone", number)
    platform.ctl("user", "number", "end", person.user_id, "--phone", number, "--at", "2099-01-01")
    platform.ctl("user", "suspend", person.user_id)
    platform.ctl("user", "activate", person.user_id)
    platform.ctl("breach", "report", "--kind", "integrity", "--since", "2026-01-01", "--until", "2026-01-02",
                 "--out", str(platform.home / "breaches"), "--affected", "user", person.user_id)
    platform.ctl("audit", "checkpoint")
    return person, staff


def secrets_of(*persons: Person) -> dict[str, str]:
    return {f"{name} {n}": value for n, person in enumerate(persons) for name, value in (
        ("id", person.user_id), ("bare id", person.user_id.replace("-", "")), ("user name", person.username),
        ("email", person.email), ("given", person.given_name), ("family", person.family_name), ("phone", person.phone[1:]))}


def test_J3_leaves_hold_no_personal_data(platform: Platform, looked_at: tuple[Person, Person],
                                         tmp_path: pathlib.Path) -> None:
    secrets = secrets_of(*looked_at)
    for table in PLACES:
        rows = Cluster(platform).ask("samtal", f"SELECT * FROM {table}")
        assert rows, table
        assert list(canary.search_bytes(str(rows).encode(), secrets, platform.data)) == [], table
    exported = tmp_path / "audit.jsonl"
    platform.ctl("audit", "export", str(exported))
    assert list(canary.search([exported], secrets)) == []
    planted = f"{exported.read_text()} {looked_at[0].user_id}"
    assert list(canary.search_bytes(planted.encode(), secrets, platform.data)), "the search does find an id"


def test_J3_a_pseudonym_is_of_one_person_and_leads_nowhere_without_their_key(platform: Platform,
                                                                           looked_at: tuple[Person, Person]) -> None:
    rows = Cluster(platform).ask("samtal", "SELECT DISTINCT encode(subject, 'hex') FROM audit_leaves WHERE act = 'staff.read'")
    assert len(rows) == 1 and len(rows[0][0]) == 64
    person, staff = looked_at
    platform.ctl("user", "show", staff.user_id, "--as", staff.username, "--purpose-code", "support-case")
    subjects = Cluster(platform).ask("samtal", "SELECT DISTINCT subject FROM audit_leaves WHERE act = 'staff.read'")
    assert len(subjects) == 2
    person.tokens = person.log_in()
    person.client.token = person.tokens["access_token"]
    assert len(items(person.client.get("/v1/privacy/access-log"))) == 4


def test_I5_only_the_audit_trail_numbers_and_signs(platform: Platform) -> None:
    cluster = Cluster(platform)
    for role in ("samtal_rights_and_evidence", "samtal_support_case", "samtal_reseller_service", "samtal_account_login"):
        for change in ("UPDATE audit_leaves SET position = 1 WHERE false", "DELETE FROM audit_leaves WHERE false",
                       "UPDATE audit_leaves SET act = 'x' WHERE false",
                       "INSERT INTO audit_checkpoints (size, frontier, note) SELECT 1, '', '' WHERE false"):
            assert "permission denied" in cluster.ask_as(role, "samtal", change + ";").problems, (role, change)
    for change in ("UPDATE audit_leaves SET act = 'x' WHERE false", "DELETE FROM audit_leaves WHERE false",
                   "DELETE FROM audit_checkpoints WHERE false", "UPDATE audit_checkpoints SET note = 'x' WHERE false"):
        assert "permission denied" in cluster.ask_as("samtal_audit_trail", "samtal", change + ";").problems, change
