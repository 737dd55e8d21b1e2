"""One running platform for all tests of a directory."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.platform import Platform

# An origin that browsers may come from; everything else in the configuration is what script/server writes.
ORIGIN = "https://app.example.org"


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    running = Platform({"SAMTAL_SERVER_ALLOWED_ORIGINS": ORIGIN})
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()
