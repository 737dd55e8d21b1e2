"""The database goes and comes back: 503 with Retry-After meanwhile, and recovery without a restart."""
from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator

import pytest
import requests

from support import ledger as book
from support import people
from support.client import Client, ok, problem
from support.people import Person
from support.platform import Platform, descendants, eventually, program, signal_all


@pytest.fixture(scope="module")
def pair(platform: Platform) -> Iterator[tuple[Person, Person]]:
    org = people.organisation(platform)
    yield people.person(platform, org), people.person(platform, org)


def refused_for_now(answer: requests.Response) -> bool:
    """A 503 as the contract describes it; anything else than that or success is a failure."""
    if answer.status_code == 503:
        problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        return True
    assert answer.status_code in (200, 201), f"{answer.status_code} {answer.text[:300]}"
    return False


def write(who: Person, place: str) -> requests.Response:
    body = {"client_message_id": str(uuid.uuid4()), "text": "under avbrottet"}
    return who.client.post(f"/v1/conversations/{place}/messages", body, timeout=60)


def outage(platform: Platform, who: Person, place: str) -> None:
    """What everybody meets while the database is away."""
    eventually(lambda: refused_for_now(write(who, place)), 60, "writes answer 503")
    for method, path, body in (("GET", "/v1/conversations", None), ("GET", f"/v1/conversations/{place}/messages", None),
                               ("GET", "/v1/consents", None), ("GET", "/v1/directory?query=a", None),
                               ("POST", "/v1/login", {"username": who.username, "password": who.password})):
        refused_for_now(who.client.call(method, path, json=body, timeout=60))
    anyone = Client(platform.url)
    assert anyone.get("/healthz").status_code == 200
    eventually(lambda: anyone.get("/readyz").status_code == 503, 20, "readyz is red")


def recovered(platform: Platform, who: Person, place: str) -> None:
    eventually(lambda: not refused_for_now(write(who, place)), 60, "writes are accepted again")
    eventually(lambda: Client(platform.url).get("/readyz").status_code == 200, 20, "readyz is green")
    ok(who.client.get("/v1/conversations"), 200)
    ok(Client(platform.url).post("/v1/login", {"username": who.username, "password": who.password}), 200)


def kill(platform: Platform, cluster: str) -> None:
    """Kills a cluster and returns once another postmaster stands in its place: until then old backends may still answer."""
    killed = platform.postmaster(cluster)
    signal_all([killed], signal.SIGKILL)

    def replaced() -> bool:
        try:
            return platform.postmaster(cluster) != killed
        except (FileNotFoundError, ValueError):
            return False  # between the two

    eventually(replaced, 60, "the cluster is started again")


def test_a_stopped_database_answers_503_and_recovers_without_a_restart(platform: Platform,
                                                                      pair: tuple[Person, Person]) -> None:
    place, server = people.conversation(*pair), platform.pids("samtal-server")
    watchers, postmaster = platform.supervisors(), platform.postmaster()
    signal_all(watchers, signal.SIGSTOP)  # nobody starts it again meanwhile
    try:
        signal_all([postmaster], signal.SIGINT)  # PostgreSQL's fast shutdown
        outage(platform, pair[0], place)
    finally:
        signal_all(watchers, signal.SIGCONT)
    recovered(platform, pair[0], place)
    assert platform.pids("samtal-server") == server


def test_a_killed_database_loses_nothing_acked(platform: Platform, pair: tuple[Person, Person], cycles: int) -> None:
    place, server = people.conversation(*pair, title="Dödad databas"), platform.pids("samtal-server")
    ledger = book.Ledger()
    for _ in range(cycles):
        writers = [book.Writer(who.client, place, ledger, 60) for who in pair for _ in range(2)]
        for writer in writers:
            writer.start()
        wanted = len(ledger.acked) + 40
        eventually(lambda: len(ledger.acked) >= wanted, 30, "messages are acked")
        kill(platform, "postgres")
        wanted = len(ledger.acked) + 20
        eventually(lambda: len(ledger.acked) >= wanted, 60, "messages are acked again")
        for writer in writers:
            writer.finish()
    assert set(ledger.refused) <= {503}
    assert book.faults(ledger, book.history(pair[0].client, place)) == []
    assert platform.pids("samtal-server") == server


def test_a_socket_outlives_the_outage(platform: Platform, pair: tuple[Person, Person]) -> None:
    place = people.conversation(*pair)
    speaker, listener = pair[0].socket(), pair[1].socket()
    kill(platform, "postgres")

    def accepted() -> bool:
        answer = speaker.say(place, "över avbrottet")
        assert answer["type"] in ("message.accepted", "error")
        return answer["type"] == "message.accepted"

    eventually(accepted, 60, "a message is accepted on the same socket")
    assert listener.until("message.new", 10)["text"] == "över avbrottet"
    recovered(platform, pair[0], place)


def test_a_key_store_that_goes_away_comes_back(platform: Platform, pair: tuple[Person, Person]) -> None:
    place, server = people.conversation(*pair), platform.pids("samtal-server")
    kill(platform, "postgres-keys")
    recovered(platform, pair[0], place)
    assert platform.pids("samtal-server") == server


def test_without_the_key_store_keys_in_memory_are_not_used_for_long(platform: Platform,
                                                                    pair: tuple[Person, Person]) -> None:
    """Else somebody erased meanwhile would still be read by a server that cannot hear of it."""
    place, server = people.conversation(*pair), platform.pids("samtal-server")
    ok(pair[0].client.get("/v1/me/profile"), 200)
    watchers, postmaster = platform.supervisors(), platform.postmaster("postgres-keys")
    signal_all(watchers, signal.SIGSTOP)
    try:
        signal_all([postmaster], signal.SIGINT)
        eventually(lambda: refused_for_now(pair[0].client.get("/v1/me/profile")), 10, "reading answers 503")
        assert refused_for_now(write(pair[0], place))
        eventually(lambda: Client(platform.url).get("/readyz").status_code == 503, 20, "readyz is red")
    finally:
        signal_all(watchers, signal.SIGCONT)
    recovered(platform, pair[0], place)
    ok(pair[0].client.get("/v1/me/profile"), 200)
    assert platform.pids("samtal-server") == server


def test_a_frozen_database_answers_503_within_its_time(platform: Platform, pair: tuple[Person, Person]) -> None:
    """Worse than gone: connections stay open and never answer."""
    place, postmaster = people.conversation(*pair), platform.postmaster()
    frozen = [postmaster, *[pid for pid in descendants(postmaster) if program(pid) == "postgres"]]
    signal_all(frozen, signal.SIGSTOP)
    try:
        assert refused_for_now(write(pair[0], place)), "the first write after the freeze cannot succeed"
        assert Client(platform.url).get("/healthz").status_code == 200
    finally:
        signal_all(frozen, signal.SIGCONT)
    recovered(platform, pair[0], place)
