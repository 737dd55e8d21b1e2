"""A small company, a stranger, and connections that do nothing while the other tests run."""
from __future__ import annotations

import pathlib
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support import people
from support.client import Client
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform
from support.raw import RawConnection


LAST = "documents_seen_test.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts last what looks back at the whole tier, and leaves it out where only a part of the tier runs."""
    last = [item for item in items if item.path.name == LAST]
    others = [item for item in items if item.path.name != LAST]
    here = pathlib.Path(__file__).parent
    whole = {path.name for path in here.glob("*_test.py")} - {LAST} <= {i.path.name for i in others if i.path.parent == here}
    if not whole or config.option.keyword or config.option.deselect:
        for item in last:
            item.add_marker(pytest.mark.skip(reason="looks back at the whole tier"))
    items[:] = others + last


@pytest.fixture(scope="module")
def place() -> Iterator[Platform]:
    """A platform of its own: a clock that runs ahead spares nobody."""
    running = Platform()
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()


@pytest.fixture(scope="session")
def organisation(platform: Platform) -> str:
    return people.organisation(platform)


@pytest.fixture(scope="session")
def other_organisation(platform: Platform) -> str:
    return people.organisation(platform, "Grannbolaget AB")


@pytest.fixture(scope="session")
def anna(platform: Platform, organisation: str) -> Person:
    """Shared, like the next three: tests that change an account, its sessions or choices use `hire` instead."""
    return people.person(platform, organisation, given_name="Anna", family_name="Andersson",
                         consents={"call_history": True})


@pytest.fixture(scope="session")
def bo(platform: Platform, organisation: str) -> Person:
    return people.person(platform, organisation, given_name="Bo", family_name="Berg",
                         consents={"call_history": True})


@pytest.fixture(scope="session")
def cecilia(platform: Platform, organisation: str) -> Person:
    return people.person(platform, organisation, given_name="Cecilia", family_name="Carlsson",
                         consents={"call_history": True})


@pytest.fixture(scope="session")
def david(platform: Platform, other_organisation: str) -> Person:
    """Works for somebody else."""
    return people.person(platform, other_organisation, given_name="David", family_name="Dahl",
                         consents={"call_history": True})


@pytest.fixture(autouse=True)
def signed_in(anna: Person, bo: Person, cecilia: Person, david: Person) -> None:
    for who in (anna, bo, cecilia, david):
        who.stay_signed_in()


@pytest.fixture
def hire(platform: Platform, organisation: str) -> Callable[..., Person]:
    """Makes a new colleague of Anna."""

    def make(**options: object) -> Person:
        return people.person(platform, organisation, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def anyone(platform: Platform) -> Client:
    """Somebody without any credential."""
    return Client(platform.url)


@pytest.fixture(scope="session")
def switch(platform: Platform, organisation: str) -> Client:
    made = platform.ctl("switch", "create", "--organisation", organisation, "--name", "Växeln")
    assert made["switch_id"]
    return Client(platform.url, made["token"])


@pytest.fixture(scope="session")
def foreign_switch(platform: Platform, other_organisation: str) -> Client:
    made = platform.ctl("switch", "create", "--organisation", other_organisation, "--name", "Grannens")
    return Client(platform.url, made["token"])


@pytest.fixture(scope="session", autouse=True)
def first_release(platform: Platform, anna: Person, bo: Person) -> subprocess.CompletedProcess[str]:
    """Closes the epoch before the suite's many people arrive: statistics_test.py looks at what two of them left."""
    anna.log_in(device={"name": "n", "platform": "linux", "app_version": "1.0"})
    anna.socket().say(people.conversation(anna, bo), "räknas")
    return platform.run_ctl("statistics", "close-epoch")


@dataclass
class Idlers:
    """Connections opened before the first test; timeouts_test.py looks at what became of them."""

    opened_at: float
    silent_socket: LiveSocket
    half_a_header: RawConnection
    half_a_body: RawConnection


@pytest.fixture(scope="session", autouse=True)
def idlers(platform: Platform) -> Iterator[Idlers]:
    header, body = RawConnection(platform.port), RawConnection(platform.port)
    header.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    body.send(b"POST /v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              b"Content-Length: 500\r\n\r\n{\"username\":")
    yield Idlers(time.monotonic(), LiveSocket(platform.port), header, body)
    header.socket.close()
    body.socket.close()
