"""Faults leave marks: every module here has a platform of its own."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from support import people
from support.cluster import Cluster
from support.people import Person
from support.platform import Platform


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    running = Platform()
    try:
        yield running.start()
    finally:
        running.remove()


@pytest.fixture(scope="session")
def crash_cycles() -> int:
    """How often the checker's short cycle is run."""
    return int(os.environ.get("SAMTAL_FAULT_CYCLES", "10"))


@pytest.fixture(scope="session")
def cycles(crash_cycles: int) -> int:
    """How often a fault that takes long to recover from is repeated."""
    return max(1, crash_cycles // 5)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    running = Cluster()
    try:
        yield running.start()
    finally:
        running.remove()


@pytest.fixture(scope="module")
def trio(cluster: Cluster) -> list[Person]:
    org = people.organisation(cluster.platform)
    return [people.person(cluster.platform, org) for _ in range(3)]
