"""A call history that fades, and what the others feel of it."""

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from bench.effect import effect
from bench.measure import Measure
from bench.platform import Platform

ROWS = int(os.environ.get("SAMTAL_BENCH_FADING", "1000000"))
AGES = {"calls": 100, "calls_token": 70, "calls_masked": 40}  # days, by what a run makes of such calls
PEOPLE = 100
CONNECTIONS = 8
BATCH = 1000


def measure(platform: Platform) -> Iterator[Measure]:
    """Seconds until a million rows have faded, a third of them each step, while others send a thousand messages a second."""
    _furnish(platform)

    def run() -> float:
        began = time.monotonic()
        counts = platform.control("retention", "run")["counts"]
        took = time.monotonic() - began
        if any(counts[category] < ROWS // len(AGES) for category in AGES):
            raise SystemExit(f"calls did not fade; the figure means nothing: {counts}")
        return took

    yield from effect(platform, "call_fading", run)


def _furnish(platform: Platform) -> None:
    """Through the door, so that each number is sealed under its owner's key. A record is a row for both of its people."""
    first = platform.made
    platform.people(PEOPLE, ("call_history",))
    platform.administer("UPDATE phone_assignments SET valid_from = '2020-01-01'")  # so that they had their numbers when they called
    token = platform.control("switch", "create", "--organisation", platform.organisation, "--name", "Fading")["token"]
    batches = [(age, n) for age in AGES.values() for n in range(-(-ROWS // len(AGES) // 2 // BATCH))]
    lines = [_Line(platform, token, first, batches[n::CONNECTIONS]) for n in range(CONNECTIONS)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    failures = [line.failure for line in lines if line.failure]
    if failures:
        raise SystemExit(f"a batch was not taken; the figure means nothing: {failures[0]}")
    platform.administer("VACUUM ANALYZE; CHECKPOINT;")


class _Line(threading.Thread):
    """One connection of the switch."""

    def __init__(self, platform: Platform, token: str, first: int, batches: list[tuple[int, int]]) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.numbers = [platform.phone(first + n) for n in range(PEOPLE)]
        self.batches, self.failure = batches, ""

    def run(self) -> None:
        try:
            for age, batch in self.batches:
                self.connection.request("POST", "/v1/ingest/calls", self._records(age, batch), self.headers)
                answer = self.connection.getresponse()
                said = json.loads(answer.read())
                if answer.status != 200 or said["accepted"] != BATCH:
                    self.failure = str(said)[:500]
                    return
        except (OSError, ValueError) as problem:
            self.failure = str(problem)

    def _records(self, age: int, batch: int) -> str:
        end = datetime.now(timezone.utc) - timedelta(days=age)
        records = []
        for n in range(BATCH):
            began = end - timedelta(seconds=60 + batch * BATCH % 300_000 + n)
            who = (batch * BATCH + n) % PEOPLE
            records.append({
                "source_call_id": f"fading-{age}-{batch}-{n}", "caller": {"number": self.numbers[who]},
                "callee": {"number": self.numbers[(who + 1 + n % 7) % PEOPLE]}, "started_at": _text(began),
                "answered_at": _text(began), "ended_at": _text(began + timedelta(seconds=50)), "outcome": "answered"})
        return json.dumps(records)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
