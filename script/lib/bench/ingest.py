"""Call records of a switch, in batches of a hundred, over several connections."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone

from bench.measure import Measure, beside
from bench.pgbench import Pgbench
from bench.platform import Platform

SECONDS = 10
CONNECTIONS = 16
BATCH = 100
PEOPLE = 40


def measure(platform: Platform) -> Iterator[Measure]:
    """Records a second that are committed and answered; in each call is a person who wants a history, and somebody outside."""
    first = platform.made
    platform.people(PEOPLE, ("call_history",))
    token = platform.control("switch", "create", "--organisation", platform.organisation, "--name", "Bench")["token"]
    numbers = [platform.phone(first + n) for n in range(PEOPLE)]
    lines = [_Line(platform, token, numbers, n) for n in range(CONNECTIONS)]
    began = time.monotonic()
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    took = time.monotonic() - began
    failures = [line.failure for line in lines if line.failure]
    if failures:
        raise SystemExit(f"a batch was not taken; the figure means nothing: {failures[0]}")
    rate = sum(line.accepted for line in lines) / took
    yield beside("ingest", rate, "1/s", "pgbench 100-row insert", Pgbench(platform, SECONDS).call_inserts_per_s())


class _Line(threading.Thread):
    """One connection of the switch: a batch after the other."""

    def __init__(self, platform: Platform, token: str, numbers: list[str], number: int) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.numbers, self.number = numbers, number
        self.accepted, self.failure = 0, ""

    def run(self) -> None:
        end, batch = time.monotonic() + SECONDS, 0
        try:
            while time.monotonic() < end and not self.failure:
                batch += 1
                self.connection.request("POST", "/v1/ingest/calls", self._records(batch), self.headers)
                answer = self.connection.getresponse()
                said = json.loads(answer.read())
                if answer.status != 200 or said["accepted"] != BATCH:
                    self.failure = str(said)[:500]
                self.accepted += said.get("accepted", 0)
        except (OSError, http.client.HTTPException) as failure:
            self.failure = repr(failure)

    def _records(self, batch: int) -> bytes:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        tail = f'"started_at":"{now}","answered_at":"{now}","ended_at":"{now}","outcome":"answered"}}'
        people = len(self.numbers)
        return ("[" + ",".join(
            f'{{"source_call_id":"{self.number}-{batch}-{n}","caller":{{"number":"{self.numbers[n % people]}"}},'
            f'"callee":{{"number":"+4930{batch * BATCH + n:08d}"}},{tail}' for n in range(BATCH)) + "]").encode()
