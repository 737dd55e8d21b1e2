"""Call records of a switch, in batches of a hundred over several connections, driven by samtal-load."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from bench.measure import Measure, beside
from bench.pgbench import Pgbench
from bench.platform import Platform

SECONDS = 10
CONNECTIONS = 16
PEOPLE = 1_000


def measure(platform: Platform) -> Iterator[Measure]:
    """Records a second that are committed and answered; in each call is one of a thousand people who want a history, and somebody outside.

    And what a record costs: of the server, of PostgreSQL, of the load.
    """
    first = platform.made
    platform.people(PEOPLE, ("call_history",))
    token = platform.control("switch", "create", "--organisation", platform.organisation, "--name", "Bench")["token"]
    switch = platform.home / "switch"
    switch.write_text("\n".join([token, *(platform.phone(first + n) for n in range(PEOPLE))]) + "\n")
    switch.chmod(0o600)
    before = platform.cpu_seconds_by_part()
    load = _load(platform, "--switch", str(switch))
    used = {part: seconds - before[part] for part, seconds in platform.cpu_seconds_by_part().items()} | {"load": load["cpu_s"]}
    yield beside("ingest", load["accepted_per_s"], "1/s", "pgbench 100-row insert", Pgbench(platform, SECONDS).call_inserts_per_s())
    for part, seconds in used.items():
        yield Measure(f"ingest_cpu_{part}", round(seconds / load["accepted"] * 1e6, 2), "us")
    yield Measure("ingest_batch_p99", round(load["p99_ms"], 1), "ms")


def _load(platform: Platform, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [platform.bin / "samtal-load", "ingest", "--url", platform.url, "--seconds", str(SECONDS), "--connections", str(CONNECTIONS),
         *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"samtal-load: a batch was not taken; the figure means nothing: {done.stderr.strip()} {done.stdout.strip()}")
    return json.loads(done.stdout)
