"""HAProxy in front, with the configuration that the containers use: clients find a server that lives."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from support.client import Client, ok
from support.cluster import Cluster
from support.live import LiveSocket
from support.people import Person, conversation
from support.platform import REPOSITORY, eventually, free_ports


@pytest.fixture(scope="module")
def door(cluster: Cluster) -> Iterator[int]:
    """The port of a HAProxy before the three servers."""
    [port] = free_ports(1)
    servers = {f"SAMTAL_SERVER_{n}": f"127.0.0.1:{node.port}" for n, node in enumerate(cluster.nodes, 1)}
    process = subprocess.Popen(["haproxy", "-n", "1000", "-f", str(REPOSITORY / "docker/haproxy.cfg")], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, env=os.environ | servers | {"SAMTAL_BIND": f"127.0.0.1:{port}"})
    try:
        eventually(lambda: answers(port), 20, "HAProxy finds a server")
        yield port
    finally:
        process.kill()
        process.wait(10)


def answers(port: int) -> bool:
    try:
        return Client(f"http://127.0.0.1:{port}").get("/readyz", timeout=2).status_code == 200
    except OSError:
        return False


def test_B3_clients_of_a_dead_server_come_in_by_another(cluster: Cluster, trio: list[Person], door: int) -> None:
    place = conversation(*trio)
    sockets = [LiveSocket(door, token=who.client.token).ready() for who in trio]  # spread over the servers
    sockets[0].say(place, "alla")
    assert [socket.until("message.new")["text"] for socket in sockets[1:]] == ["alla", "alla"]
    cluster.nodes[2].kill()
    eventually(lambda: any(socket.code is not None for socket in sockets), 10, "the dead server's client is told")
    lost = [n for n, socket in enumerate(sockets) if socket.code is not None]
    back = {n: LiveSocket(door, token=trio[n].client.token).ready() for n in lost}
    for n in range(20):
        ok(Client(f"http://127.0.0.1:{door}", trio[n % 3].client.token).get("/v1/me"), 200)
    sender = next(socket for n, socket in enumerate(sockets) if n not in lost)
    sender.say(place, "igen")
    assert all(socket.until("message.new")["text"] == "igen" for socket in back.values())
