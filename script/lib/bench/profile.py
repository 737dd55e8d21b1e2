"""Reading one's own profile: authentication, permit, row under its policy, decryption, JSON."""

import re
import subprocess
from collections.abc import Iterator

from bench.measure import Measure, beside
from bench.pgbench import Pgbench
from bench.platform import Platform

SECONDS = 10


def measure(platform: Platform) -> Iterator[Measure]:
    """Requests a second at 64 connections, beside 64 clients reading one row by primary key."""
    [person] = platform.people(1)
    path = "/v1/me/profile"
    platform.request("GET", path, token=person.token)
    done = subprocess.run(
        ["wrk", "-c", "64", "-t", "2", "-d", f"{SECONDS}s", "-H", f"Authorization: Bearer {person.token}", platform.url + path],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"wrk: {done.stderr.strip()}")
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"wrk saw failures; the figure means nothing: {done.stdout}")
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if not found:
        raise SystemExit(f"wrk said no rate: {done.stdout}")
    yield beside("profile_get", float(found[1]), "1/s", "pgbench prepared primary-key select", Pgbench(platform, SECONDS).selects_per_s())
