"""C2: the statistics worker is away when an epoch closes; nothing is lost and nothing counted twice."""
from __future__ import annotations

import concurrent.futures
import datetime
import signal
from typing import Any

from support import people
from support.client import Client, ok
from support.platform import Platform, eventually, signal_all

METRICS = ("active_users", "sign_ins", "message_sent", "calls_answered", "calls_missed", "call_minutes",
           "client_platform", "app_version")


def published(platform: Platform) -> dict[str, Any]:
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = f"from={today - datetime.timedelta(2)}&to={today + datetime.timedelta(2)}&bucket=day"
    worker = Client(platform.stats_url)
    return {metric: ok(worker.get(f"/v1/statistics?metric={metric}&{days}", timeout=5), 200) for metric in METRICS}


def published_or_nothing(platform: Platform) -> dict[str, Any]:
    try:
        return published(platform)
    except OSError:
        return {}


def test_C2_a_release_reaches_a_worker_that_was_away_and_counts_once(platform: Platform) -> None:
    org = people.organisation(platform)
    one, two = (people.person(platform, org) for _ in range(2))
    one.socket().say(people.conversation(one, two), "räknas en gång")
    before = published(platform)
    watchers, workers = platform.supervisors(), platform.pids("samtal-aggregator")
    signal_all(watchers, signal.SIGSTOP)
    signal_all(workers, signal.SIGKILL)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        closing = pool.submit(platform.run_ctl, "statistics", "close-epoch")
        try:
            for _ in range(20):  # the server serves on while the worker is away
                assert one.socket().say(people.conversation(one, two), "går vidare")["type"] == "message.accepted"
            done, _ = concurrent.futures.wait([closing], timeout=3)
            assert not done or closing.result().returncode != 0, "a release is stored only by the worker"
        finally:
            signal_all(watchers, signal.SIGCONT)
        closing.result()
    eventually(lambda: (published_or_nothing(platform) or before) != before, 60, "the release arrives")
    after = eventually(lambda: published_or_nothing(platform), 30, "the worker answers")
    for metric in METRICS:
        places = [(part["start"], part["label"]) for part in after[metric]["buckets"]]
        assert places and len(places) == len(set(places))
        assert float(after[metric]["epsilon_spent"]) > float(before[metric]["epsilon_spent"])


def test_C2_a_restarted_worker_says_the_same(platform: Platform, cycles: int) -> None:
    platform.run_ctl("statistics", "close-epoch")
    before = published(platform)
    for _ in range(cycles):
        killed = platform.pids("samtal-aggregator")
        signal_all(killed, signal.SIGKILL)
        eventually(lambda: platform.pids("samtal-aggregator") not in ([], killed), 30, "a new worker runs")
        assert eventually(lambda: published_or_nothing(platform), 30, "the worker answers") == before


def test_a_server_starts_and_serves_without_the_worker(platform: Platform) -> None:
    org = people.organisation(platform)
    who = people.person(platform, org)
    workers = platform.pids("samtal-aggregator")
    signal_all(workers, signal.SIGSTOP)
    try:
        ok(who.client.get("/v1/me"), 200)
        assert Client(platform.url).get("/readyz").status_code == 200
        ok(Client(platform.url).post("/v1/login", {"username": who.username, "password": who.password}), 200)
    finally:
        signal_all(workers, signal.SIGCONT)
