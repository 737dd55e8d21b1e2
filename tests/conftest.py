"""One running platform for all tests of a directory."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.platform import Platform
from support.switchboard import Switchboard

# An origin that browsers may come from; everything else in the configuration is what script/server writes.
ORIGIN = "https://app.example.org"


@pytest.fixture(scope="session")
def switchboard() -> Iterator[Switchboard]:
    """The only host that the platform may ask to connect calls."""
    running = Switchboard()
    yield running
    running.close()


@pytest.fixture(scope="session")
def platform(switchboard: Switchboard) -> Iterator[Platform]:
    running = Platform({"SAMTAL_SERVER_ALLOWED_ORIGINS": ORIGIN, "SAMTAL_DIALING_ALLOWED_HOSTS": switchboard.host,
                        "SAMTAL_DIALING_PRIVATE_ADDRESSES": "true"})
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()
