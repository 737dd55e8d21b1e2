"""A server that is asked to end says goodbye, finishes what it began, and ends with 0."""
from __future__ import annotations

import pathlib

from support import people
from support.client import Client, items
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform
from support.raw import RawConnection
from support.single import SingleServer


def test_a_server_that_ends_closes_its_sockets_with_1001(platform: Platform, tmp_path: pathlib.Path, anna: Person,
                                                         bo: Person) -> None:
    single = SingleServer(platform, tmp_path, {})
    try:
        single.wait(lambda: Client(f"http://127.0.0.1:{single.port}").get("/readyz").status_code == 200)
        socket = LiveSocket(single.port, token=anna.client.token).ready()
        place = people.conversation(anna, bo, title="Sista ordet")
        for n in range(20):
            socket.send({"type": "message.send", "id": str(n), "conversation_id": place, "text": f"rad {n}",
                         "client_message_id": f"018f0000-0000-4000-8000-{n:012}"})
        socket.until("message.accepted")
    finally:
        code = single.stop()
    assert code == 0
    assert socket.closed() == 1001
    accepted = 1 + sum(frame["type"] == "message.accepted" for frame in socket.passed_by)
    stored = items(anna.client.get(f"/v1/conversations/{place}/messages?limit=50"))
    assert len(stored) >= accepted


def test_idle_connections_do_not_hold_up_the_end(platform: Platform, tmp_path: pathlib.Path) -> None:
    single = SingleServer(platform, tmp_path, {})
    try:
        single.wait(lambda: Client(f"http://127.0.0.1:{single.port}").get("/readyz").status_code == 200)
        idle = [RawConnection(single.port) for _ in range(20)]
        idle[0].send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle[0].answer() is not None
    finally:
        code = single.stop()
    assert code == 0
    assert all(connection.ends() for connection in idle)
    assert Client(platform.url).get("/readyz").status_code == 200
