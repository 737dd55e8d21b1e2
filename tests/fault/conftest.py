"""Faults leave marks: every module here has a platform of its own."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from support.platform import Platform


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    running = Platform()
    try:
        yield running.start()
    finally:
        running.remove()


@pytest.fixture(scope="session")
def cycles() -> int:
    """How often a fault is repeated."""
    return int(os.environ.get("SAMTAL_FAULT_CYCLES", "2"))
