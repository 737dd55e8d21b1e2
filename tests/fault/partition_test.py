"""A server whose link to the others is cut while clients still reach it: a network namespace and two links of its own."""
from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from support import people
from support.cluster import Cluster, FirstNode, FurtherNode
from support.endings import Endings, is_silent
from support.nats import Nats
from support.people import Person
from support.platform import eventually
from support.readers import WITHIN, all_have, in_order, readers_of, say


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Island:
    """A namespace that reaches this one by two links: `bus` for NATS, `door` for clients."""

    def __init__(self) -> None:
        mark = os.getpid() % 10_000
        self.name, net = f"samtal-{mark}", f"10.{100 + mark % 100}"
        self.bus_here, self.door_there = f"{net}.1.1", f"{net}.2.2"
        self.bus_link = f"smb{mark}"
        run("ip", "netns", "add", self.name)
        self._link(self.bus_link, f"smc{mark}", self.bus_here, f"{net}.1.2")
        self._link(f"smd{mark}", f"sme{mark}", f"{net}.2.1", self.door_there)
        run("ip", "-n", self.name, "link", "set", "lo", "up")

    def _link(self, here: str, there: str, address_here: str, address_there: str) -> None:
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
        run("ip", "addr", "add", f"{address_here}/24", "dev", here)
        run("ip", "-n", self.name, "addr", "add", f"{address_there}/24", "dev", there)
        run("ip", "link", "set", here, "up")
        run("ip", "-n", self.name, "link", "set", there, "up")

    def within(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        run("ip", "link", "set", self.bus_link, "down")

    def mend(self) -> None:
        run("ip", "link", "set", self.bus_link, "up")

    def remove(self) -> None:
        run("ip", "netns", "del", self.name)


@pytest.fixture(scope="module")
def island() -> Iterator[Island]:
    if os.geteuid() != 0:
        pytest.skip("network namespaces are root's")
    made = Island()
    try:
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def cluster(island: Island) -> Iterator[Cluster]:
    running = Cluster()
    try:
        running.nats.start()
        running.platform.start()
        there = Nats.settings(running.nats) | {"SAMTAL_BUS_URL": f"nats://{island.bus_here}:{running.nats.port}"}
        running.nodes = [FirstNode(running.platform), FurtherNode(running.platform, 2).start(),
                         FurtherNode(running.platform, 3, island.door_there, island.within(), there).start()]
        eventually(running.united, 20, "all servers hear each other")
        yield running
    finally:
        running.remove()


def test_B3_both_sides_of_a_cut_link_get_everything_in_order(cluster: Cluster, trio: list[Person], island: Island,
                                                             cycles: int) -> None:
    for _ in range(cycles):
        place = people.conversation(*trio, title="Delat nät")
        readers = readers_of(cluster.nodes, trio, place)
        acked = say(cluster.nodes[0], trio[0], place, 3)
        island.cut()
        try:
            for _ in range(2):
                for number in range(3):
                    acked += say(cluster.nodes[number], trio[number], place, 4)
                all_have(readers, acked, time.monotonic(), "what was said while the link was cut")
        finally:
            island.mend()
        eventually(cluster.united, 30, "the link is back")
        for number in range(3):
            acked += say(cluster.nodes[number], trio[number], place, 4)
        all_have(readers, acked, time.monotonic(), "what was said since the link is back")
        in_order(readers)


def test_G1_an_ended_session_is_silent_beyond_a_cut_link(cluster: Cluster, trio: list[Person], island: Island) -> None:
    given = Endings(cluster, trio[0].organisation)
    socket = cluster.nodes[2].socket(given.who, given.token)
    island.cut()
    try:
        began = time.monotonic()
        given.logout()
        assert time.monotonic() - began < WITHIN
        say(cluster.nodes[1], given.friend, given.place)
        assert is_silent(socket, f"från {cluster.nodes[1].port}")
    finally:
        island.mend()
    eventually(cluster.united, 30, "the link is back")
