"""J1: what somebody objects to is not done, in the database either; the same for a restricted account (GDPR Art. 18, 21)."""
from __future__ import annotations

import pathlib
import sys
import tomllib
from collections.abc import Iterator

import pytest

from support import people
from support.client import ok
from support.database import Cluster
from support.people import Person
from support.platform import REPOSITORY, Platform

sys.path.insert(0, str(REPOSITORY / "tools/register"))
import model  # noqa: E402
import sql  # noqa: E402

SHIPPED = REPOSITORY / "config/processing.toml"
PURPOSES = tomllib.loads(SHIPPED.read_text())["purposes"]
OBJECTABLE = sorted(name for name, entry in PURPOSES.items() if entry["choice"] == "object")
REQUESTS = "/v1/privacy/requests"
# What a purpose would have to name in the register to look at people's sign-ins: whatever else it has, it has not these.
RIGHTS = """select.sessions = ["organisation_id", "user_id", "platform"]
select.users = ["organisation_id", "user_id", "restricted_at"]
select.objections = ["organisation_id", "user_id", "purpose"]
"""


def as_derived(purpose: str, directory: pathlib.Path) -> tuple[list[str], list[str]]:
    """The statements that give an objectable purpose a table of people's, and those that take it back."""
    path = directory / "processing.toml"
    head = f"[purposes.{purpose}]\n"
    text = SHIPPED.read_text()
    assert head in text
    path.write_text(text.replace(head, head + RIGHTS, 1))
    register = model.load(path)
    role, tables = f"samtal_{purpose}", ("sessions", "users", "objections")
    made = [line for line in sql.policies(register) if any(line.startswith(f"CREATE POLICY {purpose} ON {t} ") for t in tables)]
    mine = next(p for p in register.purposes if p.name == purpose)
    made += [line for line in sql.grants(mine) if any(f" ON {t} TO {role}" in line for t in tables)]
    undone = [f"DROP POLICY {purpose} ON {t};" for t in tables] + [f"REVOKE ALL ON {t} FROM {role};" for t in tables]
    return made, undone


@pytest.fixture
def who(platform: Platform) -> Person:
    return people.person(platform, people.organisation(platform))


@pytest.fixture(params=OBJECTABLE)
def purpose(request: pytest.FixtureRequest, platform: Platform, tmp_path: pathlib.Path) -> Iterator[str]:
    made, undone = as_derived(request.param, tmp_path)
    cluster = Cluster(platform)
    cluster.ask("samtal", "\n".join(made))
    try:
        yield request.param
    finally:
        cluster.ask("samtal", "\n".join(undone))


def seen(platform: Platform, purpose: str, who: Person) -> int:
    answer = Cluster(platform).ask_as(f"samtal_{purpose}", "samtal", f"SELECT count(*) FROM sessions WHERE user_id = '{who.user_id}';")
    assert not answer.problems, answer.problems
    return int(answer.rows[0][0])


def object_to(who: Person, purpose: str, active: bool) -> None:
    assert ok(who.client.post(REQUESTS, {"kind": "objection", "purpose": purpose, "active": active}), 202)["state"] == "done"


def test_J1_what_can_be_objected_to_is_named() -> None:
    assert OBJECTABLE == ["anonymous_statistics", "security_abuse"]


def test_J1_a_purpose_sees_nobody_who_objects_to_it(platform: Platform, purpose: str, who: Person) -> None:
    other = next(name for name in OBJECTABLE if name != purpose)
    assert seen(platform, purpose, who) == 1
    object_to(who, other, True)
    assert seen(platform, purpose, who) == 1, "another objection is none of its"
    object_to(who, purpose, True)
    assert seen(platform, purpose, who) == 0
    object_to(who, purpose, False)
    assert seen(platform, purpose, who) == 1


def test_J1_a_purpose_sees_nobody_who_is_restricted(platform: Platform, purpose: str, who: Person) -> None:
    ok(who.client.post(REQUESTS, {"kind": "restriction", "active": True}), 202)
    assert seen(platform, purpose, who) == 0
    ok(who.client.post(REQUESTS, {"kind": "restriction", "active": False}), 202)
    assert seen(platform, purpose, who) == 1


def test_J1_a_purpose_sees_only_the_objections_to_itself(platform: Platform, purpose: str, who: Person) -> None:
    for name in OBJECTABLE:
        object_to(who, name, True)
    answer = Cluster(platform).ask_as(f"samtal_{purpose}", "samtal", "SELECT DISTINCT purpose FROM objections;")
    assert answer.rows == [[purpose]]


def test_J1_who_objects_or_is_restricted_is_not_counted(platform: Platform) -> None:
    """Statistics know people by a pseudonym of the day: the database answers for whom it may not be made."""
    org = people.organisation(platform)
    counted, objecting, restricted = (people.person(platform, org) for _ in range(3))
    object_to(objecting, "anonymous_statistics", True)
    ok(restricted.client.post(REQUESTS, {"kind": "restriction", "active": True}), 202)
    ids = ", ".join(f"'{one.user_id}'" for one in (counted, objecting, restricted))
    answer = Cluster(platform).ask_as("samtal_anonymous_statistics", "samtal", f"SELECT uncounted(ARRAY[{ids}]::uuid[]);")
    assert sorted(row[0] for row in answer.rows) == sorted([objecting.user_id, restricted.user_id])
