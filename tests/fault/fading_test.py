"""Calls that fade are counted once, whenever the server is killed (E1)."""
from __future__ import annotations

import datetime
import signal
import threading
from typing import Any

from support import people
from support.client import Client, ok
from support.database import Cluster
from support.platform import CommandFailed, Platform, eventually, signal_all

RECORDS = 8_000  # a row for each of two people; a third of them for each step


def records(one: str, two: str) -> list[dict[str, Any]]:
    now, made = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0), []
    for n in range(RECORDS):
        end = now - datetime.timedelta(days=(40, 70, 100)[n % 3], seconds=n)
        made.append({"source_call_id": f"call-{n}", "caller": {"number": one}, "callee": {"number": two},
                     "started_at": (end - datetime.timedelta(seconds=20)).isoformat(), "ended_at": end.isoformat(), "outcome": "answered",
                     "answered_at": (end - datetime.timedelta(seconds=10)).isoformat()})
    return made


def totals(client: Client) -> dict[str, int]:
    since = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=300)).strftime("%Y-%m-%d")
    found: dict[str, int] = ok(client.get(f"/v1/calls/statistics?from={since}&bucket=month"), 200)["totals"]
    return found


def run(platform: Platform) -> None:
    try:
        platform.ctl("retention", "run")
    except CommandFailed:
        pass  # the server was killed meanwhile


def ready(platform: Platform) -> bool:
    try:
        return Client(platform.url).get("/readyz", timeout=5).status_code == 200
    except OSError:
        return False


def faded(platform: Platform) -> int:
    rows = Cluster(platform).ask("samtal", """SELECT (SELECT count(*) FROM calls WHERE stage <> 'full')
        + (SELECT coalesce(sum(calls), 0) FROM call_counters)""")
    return int(rows[0][0])


def test_E1_a_fading_that_is_killed_again_and_again_counts_each_call_once(platform: Platform) -> None:
    org, consents = people.organisation(platform), {"call_history": True}
    one, two = (people.person(platform, org, consents=consents) for _ in range(2))
    switch = Client(platform.url, platform.ctl("switch", "create", "--organisation", org, "--name", "Växeln")["token"])
    every = records(one.phone, two.phone)
    for n in range(0, RECORDS, 1000):
        assert ok(switch.post("/v1/ingest/calls", every[n:n + 1000]), 200)["accepted"] == 1000
    before = totals(one.client)
    assert before["outgoing"] == RECORDS and before["talk_s"] == 10 * RECORDS
    for least in (100, 4_000, 9_000, 13_000):
        running = threading.Thread(target=run, args=(platform,))
        running.start()
        eventually(lambda: faded(platform) >= least, 60, "the fading is under way")
        signal_all(platform.pids("samtal-server"), signal.SIGKILL)
        running.join()
        eventually(lambda: ready(platform), 60, "the server is back")
        assert totals(one.second_client()) == before
    run(platform)
    assert totals(one.second_client()) == before
    assert totals(two.second_client()) == before | {"incoming": RECORDS, "outgoing": 0}
    stages = Cluster(platform).ask("samtal", "SELECT stage, count(*) FROM calls GROUP BY 1 ORDER BY 1")
    assert {stage for stage, _ in stages} == {"masked", "token"}
    assert faded(platform) == 2 * RECORDS
