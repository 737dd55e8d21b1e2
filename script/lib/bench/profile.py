"""Reading one's own profile: authentication, permit, row under its policy, decryption, JSON."""

import re
import subprocess
from collections.abc import Iterator
from statistics import median

from bench.measure import Measure, beside
from bench.pgbench import Pgbench
from bench.platform import Person, Platform

SECONDS = 10
PATH = "/v1/me/profile"
MICROSECONDS = {"us": 1.0, "ms": 1e3, "s": 1e6}
TABLES = ("users", "profiles", "phone_assignments")  # what the statement reads


def measure(platform: Platform) -> Iterator[Measure]:
    """Requests a second at 64 connections, beside 64 clients reading one row by primary key."""
    [person] = platform.people(1)
    rate, _ = _load(platform, person, SECONDS, 64)
    yield beside("profile_get", rate, "1/s", "pgbench prepared primary-key select", Pgbench(platform, SECONDS).selects_per_s())


def measure_enforcement(platform: Platform) -> Iterator[Measure]:
    """The same server on the same rows with its row policies in force and switched off, in turns; the median of each."""
    [person] = platform.people(1)
    rates: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    tails: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for policies in ("ENABLE", "DISABLE") * 5:
        platform.administer("".join(f"ALTER TABLE {table} {policies} ROW LEVEL SECURITY;" for table in TABLES))
        rates[policies].append(_load(platform, person, 3, 64)[0])
        tails[policies].append(_load(platform, person, 2, 4)[1])
    platform.administer("".join(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;" for table in TABLES))
    yield beside("enforcement_throughput", median(rates["ENABLE"]), "1/s", "without row policies", median(rates["DISABLE"]))
    yield Measure("enforcement_p99", round(median(tails["ENABLE"]) - median(tails["DISABLE"]), 1), "us",
                  f"without row policies ({median(tails['DISABLE']):.0f} us)")


def _load(platform: Platform, person: Person, seconds: int, connections: int) -> tuple[float, float]:
    return rate_and_tail(platform, person, PATH, seconds, connections)


def rate_and_tail(platform: Platform, person: Person, path: str, seconds: int, connections: int) -> tuple[float, float]:
    """Requests a second, and the 99th percentile of their time in microseconds."""
    platform.request("GET", path, token=person.token)
    done = subprocess.run(
        ["wrk", "--latency", "-c", str(connections), "-t", "2", "-d", f"{seconds}s", "-H", f"Authorization: Bearer {person.token}",
         platform.url + path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"wrk: {done.stderr.strip()}")
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"wrk saw failures; the figure means nothing: {done.stdout}")
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    tail = re.search(r"99%\s+([0-9.]+)(us|ms|s)", done.stdout)
    if not rate or not tail:
        raise SystemExit(f"wrk said no rate: {done.stdout}")
    return float(rate[1]), float(tail[1]) * MICROSECONDS[tail[2]]
