"""kill -9 at random moments: what was acked is there exactly once, in the same order for everybody."""
from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Iterator

import pytest

from support import people
from support.crash_cycle import Cycle
from support.database import Cluster
from support.people import Person
from support.platform import Platform, descendants, signal_all
from support.verdict import faults


@pytest.fixture(scope="module")
def members(platform: Platform) -> list[Person]:
    org = people.organisation(platform)
    return [people.person(platform, org) for _ in range(3)]


@pytest.fixture
def dice() -> random.Random:
    """SAMTAL_FAULT_SEED repeats a run's choices; the moments depend on the machine too."""
    seed = os.environ.get("SAMTAL_FAULT_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"SAMTAL_FAULT_SEED={seed}")
    return random.Random(seed)


def test_B3_what_was_acked_survives_kill_at_any_moment(platform: Platform, members: list[Person], dice: random.Random,
                                                       crash_cycles: int) -> None:
    earlier = []
    for _ in range(crash_cycles):
        cycle = Cycle.begin(platform, members)
        earlier.append((cycle, asyncio.run(cycle.run(dice))))
    for cycle, stored in earlier:
        assert cycle.history() == stored, "a later fault changed what stood"


@pytest.fixture
def lazy_database(platform: Platform) -> Iterator[None]:
    """PostgreSQL says that it committed before it has: a planted fault below the server."""
    cluster = Cluster(platform)
    settings = {"synchronous_commit": "off", "wal_writer_delay": "'10s'", "wal_writer_flush_after": "'1GB'"}
    for name, value in settings.items():
        cluster.ask("samtal", f"ALTER SYSTEM SET {name} = {value}")
    cluster.ask("samtal", "SELECT pg_reload_conf()")
    yield
    for name in settings:
        cluster.ask("samtal", f"ALTER SYSTEM RESET {name}")
    cluster.ask("samtal", "SELECT pg_reload_conf()")


def kill_whole_database(platform: Platform, _victim: str, _dice: random.Random) -> bool:
    """What was in its memory alone is gone."""
    postmaster = platform.postmaster()
    signal_all([postmaster, *descendants(postmaster)], signal.SIGKILL)
    return True


def test_an_ack_before_the_commit_is_caught(platform: Platform, members: list[Person], dice: random.Random,
                                            lazy_database: None) -> None:
    cycle = Cycle.begin(platform, members, kill_whole_database)
    with pytest.raises(AssertionError, match="acked and lost"):
        asyncio.run(cycle.run(dice))


def test_a_lost_and_a_reordered_row_are_caught(platform: Platform, members: list[Person], dice: random.Random) -> None:
    cycle = Cycle.begin(platform, members)
    stored = asyncio.run(cycle.run(dice))
    cluster, readers = Cluster(platform), [one.name for one in cycle.readers]
    first, second, lost = (item["message_id"] for item in stored[:3])
    far = len(stored) + 1
    for message, seq in ((first, far), (second, 1), (first, 2)):
        cluster.ask("samtal", f"UPDATE messages SET seq = {seq} WHERE message_id = '{message}'")
    found = faults(cycle.chronicle, cycle.place, cycle.history(), readers)
    assert "acked as seq 1 and stored as seq 2" in found and "reader 0: saw another message as seq 1" in found
    cluster.ask("samtal", f"DELETE FROM messages WHERE message_id = '{lost}'")
    found = faults(cycle.chronicle, cycle.place, cycle.history(), readers)
    assert "acked and lost: seq 3" in found and "seq has gaps or repeats" in found
