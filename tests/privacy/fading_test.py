"""E1, J1: once a call has faded, or the other party was erased, no file and no dump holds the digits, in whatever form."""
from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from support import canary, people
from support.client import Client, items, ok
from support.database import Cluster, files_below
from support.platform import Platform, eventually

REQUESTS = "/v1/privacy/requests"


@pytest.fixture(scope="module")
def place() -> Iterator[Platform]:
    running = Platform()
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()


def test_E1_J1_nothing_on_disk_holds_the_digits_of_whom_a_call_was_with(place: Platform) -> None:
    brood, org = canary.Brood(), people.organisation(place)
    consents = {"call_history": True}
    stays = people.person(place, org, consents=consents)
    gone = people.activate(people.invite(place, org, phone=brood.number()), consents=consents)
    switch = Client(place.url, place.ctl("switch", "create", "--organisation", org, "--name", "Växeln")["token"])
    records = []
    for n, age in enumerate((1, 40, 70, 100)):
        end = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=age)).isoformat()
        for caller in (gone.phone, brood.number()):
            records.append({"source_call_id": f"{n}-{caller[-2:]}", "caller": {"number": caller}, "callee": {"number": stays.phone},
                            "started_at": end, "ended_at": end, "outcome": "no_answer"})
    assert ok(switch.post("/v1/ingest/calls", records), 200)["accepted"] == len(records)
    assert brood.number_stem in stays.client.get("/v1/calls").text, "the search would find it, were it in plain"
    place.ctl("retention", "run")
    ok(gone.client.post("/v1/reauthenticate", {"password": gone.password}), 204)
    made = ok(gone.client.post(REQUESTS, {"kind": "erasure"}), 202)
    receipt = Client(place.url, made["receipt_token"])
    eventually(lambda: ok(receipt.get(f"{REQUESTS}/{made['request_id']}"))["state"] == "done", 60, "the erasure is done")

    calls = items(stays.client.get("/v1/calls"))
    assert sorted(call["stage"] for call in calls) == ["full", "masked", "masked", "removed", "token", "token"]
    assert gone.phone not in str(calls)
    left = [row for row in Cluster(place).ask(
        "samtal", "SELECT stage FROM calls WHERE stage <> 'full' AND num_nonnulls(source_hash, part_hash, counterpart_hash, note) > 0")]
    assert left == [], "what leads to a number goes with it"
    cluster = Cluster(place)
    cluster.ask("postgres", "CHECKPOINT")
    stems = {"a number": brood.number_stem, "the erased person's": gone.phone.removeprefix("+")}
    found = canary.search([*files_below(place.data / "postgres"), *files_below(place.data / "log")], stems)
    assert [f"{one.canary} in {one.path.relative_to(place.data)}" for one in found] == []
    assert list(canary.search_bytes(cluster.dump("samtal"), stems, place.data)) == []
