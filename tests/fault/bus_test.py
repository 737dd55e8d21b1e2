"""What the bus loses, repeats, keeps back and lets overtake: readers notice nothing, and where a server has a fault they do."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support import people
from support.bus_proxy import BusProxy
from support.cluster import Cluster, FirstNode, FurtherNode
from support.endings import Endings, is_silent
from support.nats import Nats
from support.people import Person
from support.platform import REPOSITORY, eventually
from support.readers import all_have, in_order, readers_of, say

BINARY = (REPOSITORY / os.environ.get("SAMTAL_BIN_DIR", "build/release/bin")).parent / "planted/bin/samtal-server"
SOUND = ""  # the same binary, asked for no fault


class Bent(Cluster):
    """Three servers, of which the second speaks and the third hears through a proxy; the third has the planted faults."""

    def start(self) -> Bent:
        self.nats.start()
        self.platform.start()
        self.speaks, self.hears = BusProxy(self.nats.port), BusProxy(self.nats.port)
        self.nodes = [FirstNode(self.platform), FurtherNode(self.platform, 2, environment=self.by(self.speaks)).start()]
        self.plant(SOUND)
        return self

    def by(self, proxy: BusProxy) -> dict[str, str]:
        return Nats.settings(self.nats) | {"SAMTAL_BUS_URL": proxy.url}

    def plant(self, fault: str) -> None:
        """The third server from now on; a fresh process each time."""
        if len(self.nodes) == 3:
            self.further(2).kill()
            eventually(lambda: all(self.metric(n, "samtal_other_servers") == 1 for n in (0, 1)), 20, "it is gone")
        environment = self.by(self.hears) | {"SAMTAL_PLANTED": fault}
        self.nodes[2:] = [FurtherNode(self.platform, 3, environment=environment, binary=BINARY).start()]
        eventually(self.united, 20, "all servers hear each other")

    def remove(self) -> None:
        super().remove()
        for proxy in (self.speaks, self.hears):
            proxy.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Bent]:
    running = Bent()
    try:
        yield running.start()
    finally:
        running.remove()


@dataclass
class Run:
    """Members who read at the third server while somebody writes at the two others."""

    cluster: Bent
    trio: list[Person]
    bend: Callable[[Run], list[int]]

    def __call__(self) -> None:
        self.place = people.conversation(*self.trio, title="Böjd buss")
        self.readers = readers_of(self.cluster.nodes[2:], self.trio, self.place)
        acked = self.say(1, 2)
        all_have(self.readers, acked, time.monotonic(), "the first")
        acked += self.bend(self)
        acked += self.say(1, 3) + self.say(0, 3)
        all_have(self.readers, acked, time.monotonic(), "everything")
        in_order(self.readers)
        eventually(self.cluster.united, 20, "all hear each other")

    def say(self, server: int, count: int = 1) -> list[int]:
        return say(self.cluster.nodes[server], self.trio[server], self.place, count)


def lose_packets(run: Run) -> list[int]:
    run.cluster.hears.into.lose(2)
    acked = run.say(1) + run.say(1)
    eventually(lambda: run.cluster.hears.into.caught >= 2, 10, "packets are lost")
    run.cluster.hears.into.caught = 0
    return acked


def repeat_packets(run: Run) -> list[int]:
    run.cluster.hears.into.double(3)
    acked = run.say(1) + run.say(0) + run.say(1)
    eventually(lambda: run.cluster.hears.into.caught >= 3, 10, "packets are repeated")
    run.cluster.hears.into.caught = 0
    return acked


def let_one_overtake(run: Run) -> list[int]:
    """What the first server says comes before what the second one said earlier."""
    run.cluster.speaks.out.hold()
    try:
        acked = run.say(1) + run.say(0)
        eventually(lambda: run.cluster.speaks.out.caught >= 1, 10, "packets are kept back")
        all_have(run.readers, acked[1:], time.monotonic(), "the other one's have come meanwhile")
    finally:
        run.cluster.speaks.out.release()
    return acked


BENDS = [lose_packets, repeat_packets, let_one_overtake]


@pytest.mark.parametrize("bend", BENDS)
def test_B3_everybody_sees_one_order_whatever_the_bus_does(cluster: Bent, trio: list[Person], cycles: int,
                                                           bend: Callable[[Run], list[int]]) -> None:
    for _ in range(cycles):
        Run(cluster, trio, bend)()


def edit_before_its_message(cluster: Bent, trio: list[Person], place: str) -> list[str]:
    """What a reader at the third server is told: the second sent a message, the first edited it, and the bus was faster
    with the edit."""
    reader = cluster.nodes[2].socket(trio[2])
    cluster.speaks.out.hold()
    try:
        sent = cluster.nodes[1].socket(trio[1]).say(place, "före")
        path = f"/v1/conversations/{place}/messages/{sent['message_id']}"
        assert cluster.nodes[0].client(trio[1]).patch(path, {"text": "efter"}).status_code == 200
        reader.until("message.edited")
    finally:
        cluster.speaks.out.release()
    told = [frame["type"] for frame in reader.passed_by if frame.get("message_id") == sent["message_id"]]
    reader.close()
    return told


@pytest.mark.parametrize("known", [True, False])
def test_B3_nobody_hears_of_an_edit_before_its_message(cluster: Bent, trio: list[Person], cycles: int, known: bool) -> None:
    for _ in range(cycles):
        place = people.conversation(*trio, title="Omkörd")
        if known:  # otherwise the edit is the first that the server hears of the conversation
            ears = readers_of(cluster.nodes[2:], trio[2:], place)
            all_have(ears, say(cluster.nodes[1], trio[1], place, 2), time.monotonic(), "the first")
        assert edit_before_its_message(cluster, trio, place) == ["message.new"]
        eventually(cluster.united, 20, "all hear each other")


def ending(cluster: Bent, trio: list[Person]) -> bool:
    """Whether a session that ended at the first server is silent at the third."""
    given = Endings(cluster, trio[0].organisation)
    socket = cluster.nodes[2].socket(given.who, given.token)
    given.logout()
    say(cluster.nodes[1], given.friend, given.place)
    return is_silent(socket, f"från {cluster.nodes[1].port}")


# From here on the third server has a fault, and the checks above have to see it.

@pytest.mark.parametrize(("fault", "bend", "said"), [
    ("lost", lose_packets, "not within .*: everything"),
    ("doubled", repeat_packets, "out of order"),
    ("swapped", let_one_overtake, "out of order"),
])
def test_a_planted_fault_of_a_server_is_caught(cluster: Bent, trio: list[Person], fault: str,
                                               bend: Callable[[Run], list[int]], said: str) -> None:
    cluster.plant(fault)
    with pytest.raises(AssertionError, match=said):
        Run(cluster, trio, bend)()


def test_an_edit_that_a_planted_fault_lets_overtake_is_caught(cluster: Bent, trio: list[Person]) -> None:
    cluster.plant("hasty")
    place = people.conversation(*trio, title="Förhastad")
    ears = readers_of(cluster.nodes[2:], trio[2:], place)
    all_have(ears, say(cluster.nodes[1], trio[1], place, 2), time.monotonic(), "the first")
    assert edit_before_its_message(cluster, trio, place) == []


def test_an_ended_session_that_a_planted_fault_still_tells_is_caught(cluster: Bent, trio: list[Person]) -> None:
    cluster.plant(SOUND)
    assert ending(cluster, trio)
    cluster.plant("deaf")
    with pytest.raises(AssertionError, match="still open"):
        ending(cluster, trio)
