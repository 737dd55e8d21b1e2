"""What the README says to type works as it is typed."""
from __future__ import annotations

import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

from support.platform import REPOSITORY, Platform

WEBSOCKET = "/usr/bin/python3 -m websockets"  # a conversation with a person at the keyboard: see websocket_test.py
# Refusals that the walk-through shows on purpose: Bo gave no consent, and Anna withdrew hers.
REFUSALS = ["urn:samtal:problem:consent-required"] * 2


@pytest.fixture
def fresh() -> Iterator[Platform]:
    """A newcomer's: the figures that the walk-through publishes would be those of all other tests."""
    running = Platform()
    try:
        yield running.start()
    finally:
        running.remove()


def commands() -> str:
    """The indented lines of the walk-through, in their order."""
    text = (REPOSITORY / "README.md").read_text()
    section = text[text.index("## A walk-through to type"):text.index("## Map of the house")]
    return "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ") and WEBSOCKET not in line)


def test_the_walk_through_can_be_typed(fresh: Platform, tmp_path: pathlib.Path) -> None:
    script = commands().replace("http://127.0.0.1:8080", fresh.url).replace("http://127.0.0.1:8090", fresh.stats_url)
    script = script.replace("script/samtalctl", f"{REPOSITORY}/script/samtalctl --data {fresh.data}")
    asked = re.search(r"^curl .*/requests/\$REQ \| jq \.state.*$", script, re.MULTILINE)
    assert asked  # a person looks again until it is ready
    script = script.replace(asked[0], f"until {asked[0].split(' #')[0].strip()} | grep ready; do :; done")
    assert "curl" in script and "websockets" not in script
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=fresh.environment, capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert re.findall(r"urn:samtal:problem:[a-z-]+", done.stdout) == REFUSALS
    assert "manifest.json" in done.stdout and '"text": "Hej Bo!"' in done.stdout and '"suppressed"' in done.stdout
