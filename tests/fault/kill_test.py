"""kill -9 at any moment: what was acked is there exactly once, in its order; the same command recovers."""
from __future__ import annotations

import signal
import time

import pytest

from support import ledger as book
from support import people
from support.client import Client, ok
from support.dates import day
from support.people import Person
from support.platform import Platform, eventually, signal_all

WRITERS = 4


@pytest.fixture(scope="module")
def pair(platform: Platform) -> tuple[Person, Person]:
    org = people.organisation(platform)
    return tuple(people.person(platform, org, consents={"call_history": True}) for _ in range(2))  # type: ignore


def serves(platform: Platform) -> bool:
    try:
        return Client(platform.url).get("/readyz", timeout=2).status_code == 200
    except OSError:
        return False


def start_writers(pair: tuple[Person, Person], place: str, ledger: book.Ledger) -> list[book.Writer]:
    writers = [book.Writer(pair[n % 2].client, place, ledger) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    return writers


def wait_for_acks(ledger: book.Ledger, more: int) -> None:
    wanted = len(ledger.acked) + more
    eventually(lambda: len(ledger.acked) >= wanted, 30, f"{more} more messages are acked")


def check(pair: tuple[Person, Person], place: str, ledger: book.Ledger) -> None:
    """Both see the same faithful history, and a look later changes nothing."""
    histories = [book.history(Client(who.client.base, who.client.token), place) for who in pair]
    assert histories[0] == histories[1]
    assert book.faults(ledger, histories[0]) == []


def test_B3_nothing_acked_is_lost_when_the_server_is_killed(platform: Platform, pair: tuple[Person, Person],
                                                            cycles: int) -> None:
    place, ledger = people.conversation(*pair, title="Dödad server"), book.Ledger()
    for _ in range(cycles):
        writers = start_writers(pair, place, ledger)
        wait_for_acks(ledger, 50)
        [killed] = platform.pids("samtal-server")
        signal_all([killed], signal.SIGKILL)
        eventually(lambda: serves(platform), 30, "script/server starts the server again")
        wait_for_acks(ledger, 20)
        for writer in writers:
            writer.finish()
        assert platform.pids("samtal-server") != [killed]
        check(pair, place, ledger)


def test_B3_nothing_acked_is_lost_when_everything_is_killed(platform: Platform, pair: tuple[Person, Person],
                                                            cycles: int) -> None:
    place, ledger = people.conversation(*pair, title="Dödat allt"), book.Ledger()
    for _ in range(cycles):
        writers = start_writers(pair, place, ledger)
        wait_for_acks(ledger, 50)
        platform.kill9_all()
        for writer in writers:
            writer.finish()
        start = time.monotonic()
        platform.start()
        assert time.monotonic() - start < 30, "recovery takes seconds"
        check(pair, place, ledger)


def test_I1_consents_and_records_survive_too(platform: Platform, pair: tuple[Person, Person]) -> None:
    who, other = pair
    made = platform.ctl("switch", "create", "--organisation", who.organisation, "--name", "Växeln")
    record = {"source_call_id": "fore-avbrottet", "caller": {"number": who.phone}, "callee": {"number": other.phone},
              "started_at": f"{day(2)}T12:00:00Z", "ended_at": f"{day(2)}T12:01:00Z", "outcome": "busy"}
    switch = Client(platform.url, made["token"])
    assert ok(switch.post("/v1/ingest/calls", [record]), 200)["accepted"] == 1
    who.consent("marketing", "given")
    platform.kill9_all()
    platform.start()
    fresh = Client(platform.url, who.client.token)
    states = {item["purpose"]: item["state"] for item in ok(fresh.get("/v1/consents"), 200)["items"]}
    assert states["marketing"] == "given"
    assert [item["outcome"] for item in ok(fresh.get("/v1/calls"), 200)["items"]] == ["busy"]
    switch = Client(platform.url, made["token"])
    assert ok(switch.post("/v1/ingest/calls", [record]), 200)["duplicates"] == 1


def test_a_killed_script_leaves_nothing_in_the_way(platform: Platform) -> None:
    """Only script/server dies; what it leaves behind must not keep the same command from recovering."""
    assert platform.process is not None
    signal_all([platform.process.pid], signal.SIGKILL)
    platform.process.wait(10)
    platform.start()
    assert serves(platform)
    assert len(platform.pids("samtal-server")) == 1


def test_a_stopped_platform_leaves_no_process_and_starts_again(platform: Platform, pair: tuple[Person, Person]) -> None:
    assert platform.stop() == 0
    start = time.monotonic()
    platform.start()
    assert time.monotonic() - start < 10
    ok(Client(platform.url, pair[0].client.token).get("/v1/me"), 200)
