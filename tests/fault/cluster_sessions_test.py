"""Issue 4: when the answer that ends a session is given, no server says anything to it any more."""
from __future__ import annotations

import json
import signal
import time
import uuid

import pytest
import websockets

from support import people
from support.client import ok
from support.cluster import Cluster
from support.endings import Endings, is_silent
from support.live import LiveSocket
from support.people import Person
from support.platform import descendants, eventually, signal_all
from support.raw import RawWebSocket
from support.readers import all_have, in_order, readers_of, say

WAYS = ("logout", "delete_session", "password", "suspension", "restriction", "erasure")


@pytest.mark.parametrize("way", WAYS)
def test_G1_an_ended_session_is_silent_on_all_servers_when_the_call_is_answered(cluster: Cluster, trio: list[Person],
                                                                                way: str) -> None:
    given = Endings(cluster, trio[0].organisation)
    sockets = [node.socket(given.who, given.token) for node in cluster.nodes]
    for node in cluster.nodes:  # each server remembers the session now
        ok(node.client(given.who, given.token).get("/v1/me"), 200)
    getattr(given, way)()
    say(cluster.nodes[1], given.friend, given.place) if way not in ("erasure", "suspension") else None
    refused = [node.client(given.who, given.token).get("/v1/me").status_code for node in cluster.nodes]
    assert set(refused) <= {401} or (way == "restriction" and set(refused) <= {200, 403}), refused
    assert all(is_silent(socket, f"från {cluster.nodes[1].port}") for socket in sockets)


def test_G1_a_server_that_sleeps_keeps_no_session(cluster: Cluster, trio: list[Person]) -> None:
    """The answer waits for its lease; when it wakes it says nothing to whom the session belonged."""
    given = Endings(cluster, trio[0].organisation)
    socket = cluster.nodes[2].socket(given.who, given.token)
    cluster.nodes[2].stop()
    try:
        began = time.monotonic()
        given.logout()
        assert time.monotonic() - began < 5
        say(cluster.nodes[1], given.friend, given.place)
    finally:
        cluster.nodes[2].go_on()
    assert is_silent(socket, f"från {cluster.nodes[1].port}")
    eventually(cluster.united, 20, "all are together again")


def test_G1_a_server_that_sleeps_in_the_middle_of_an_answer_does_not_go_on_with_it(cluster: Cluster,
                                                                                   trio: list[Person]) -> None:
    given = Endings(cluster, trio[0].organisation)
    friend = cluster.nodes[1].client(given.friend)
    for _ in range(300):  # 48 KB a frame, 14 MB: more than the system takes off a server's hands
        body = {"client_message_id": str(uuid.uuid4()), "text": "\x01" * 8_000}
        ok(friend.post(f"/v1/conversations/{given.place}/messages", body), 201)
    with RawWebSocket(cluster.nodes[2].port, given.token) as slow:
        slow.send_frame(1, json.dumps({"type": "sync", "positions": {given.place: {"seq": 0, "change": 0}}}).encode())
        assert all(slow.receive_frame() for _ in ("ready", "the first message"))
        eventually(slow.stands_still, 20, "the answer waits for its reader")
        cluster.nodes[2].stop()
        try:
            given.logout()
            slow.drain()  # what the system had taken
        finally:
            cluster.nodes[2].go_on()
        assert slow.rest() in (b"", b"\x88\x02\x03\xe9"), "bytes of an ended session's answer"
    eventually(cluster.united, 20, "all are together again")


def test_G1_what_was_proved_to_one_server_counts_at_the_next(cluster: Cluster, trio: list[Person]) -> None:
    given = Endings(cluster, trio[0].organisation)
    path, body = "/v1/privacy/requests", {"kind": "access"}
    there = cluster.nodes[1].client(given.who)
    assert there.post(path, body).status_code == 403
    given.prove()
    ok(there.post(path, body), 202)


def test_G1_a_refreshed_pair_replaces_the_one_before_on_all_servers(cluster: Cluster, trio: list[Person]) -> None:
    given = Endings(cluster, trio[0].organisation)
    tokens = given.who.log_in()
    for node in cluster.nodes:
        ok(node.client(given.who, tokens["access_token"]).get("/v1/me"), 200)
    fresh = ok(cluster.nodes[0].client(given.who).post("/v1/token/refresh", {"refresh_token": tokens["refresh_token"]}))
    ok(cluster.nodes[1].client(given.who, fresh["access_token"]).get("/v1/me"), 200)
    for node in cluster.nodes:
        eventually(lambda node=node: node.client(given.who, tokens["access_token"]).get("/v1/me").status_code == 401, 5,
                   "the pair before is refused")


def test_G1_without_its_lease_a_server_says_nothing_and_then_everything(cluster: Cluster, trio: list[Person]) -> None:
    """The key store stands still, so nobody can know whose session ended: whoever would have to be told something is sent
    away instead."""
    place = people.conversation(*trio)
    readers = readers_of(cluster.nodes, trio, place)
    acked = say(cluster.nodes[0], trio[0], place, 3)
    all_have(readers, acked, time.monotonic(), "the first")
    postmaster = cluster.platform.postmaster("postgres-keys")
    stopped = [postmaster, *descendants(postmaster)]
    signal_all(stopped, signal.SIGSTOP)
    try:
        for reader in readers[::3]:
            eventually(lambda reader=reader: sent_away(reader.socket), 5, "who asks is sent away")
    finally:
        signal_all(stopped, signal.SIGCONT)
    eventually(lambda: cluster.united() and all(node.ready() for node in cluster.nodes), 20, "all have their lease again")
    patient = [reader for number, reader in enumerate(readers) if number % 3]
    acked += say(cluster.nodes[1], trio[1], place, 3)
    all_have(patient, acked, time.monotonic(), "what was said since")
    in_order(patient)
    for node in cluster.nodes:
        assert node.socket(trio[0]).ask({"type": "no.such.type"})["problem"]["status"] == 400


def sent_away(socket: LiveSocket) -> bool:
    try:
        socket.send({"type": "no.such.type"})
    except websockets.exceptions.ConnectionClosed:
        pass
    return socket.code == 1001
