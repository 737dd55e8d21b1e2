"""Issue 4: what no server tells, because the bus is away, its members are told all the same: their copies have no hole."""
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from support import people
from support.client import ok
from support.cluster import Cluster, Node
from support.device import Device, Frame, differences
from support.people import Person
from support.platform import eventually
from support.readers import WITHIN


class DeviceAt(Device):
    """A device at one server among several."""

    def __init__(self, who: Person, node: Node) -> None:
        super().__init__(who)
        self.node = node

    def connect(self, *places: str) -> None:
        self.socket = self.node.socket(self.who)
        for place in {*self.copies, *places}:
            self.sync(place)


Room = tuple[str, DeviceAt, list[Frame]]


@pytest.fixture
def silence(cluster: Cluster) -> Iterator[None]:
    """The bus is away."""
    cluster.nats.kill()
    eventually(lambda: all(cluster.metric(n, "samtal_bus_connected") == 0 for n in range(3)), 10, "all have noticed")
    yield
    cluster.nats.start()
    eventually(cluster.united, 20, "all are together again")


def reader_at(node: Node, who: Person, *places: str) -> DeviceAt:
    device = DeviceAt(who, node)
    device.connect(*places)
    device.pump(5)
    return device


def is_told(device: Device, place: str) -> Callable[[], bool]:
    def same() -> bool:
        device.pump()
        return differences(device, place) == []

    return same


def first_message(device: Device, place: str) -> Frame:
    device.pump()
    return device.copies[place].messages[1]


def path_of(place: str, message: Frame) -> str:
    return f"/v1/conversations/{place}/messages/{message['message_id']}"


@pytest.fixture
def room(cluster: Cluster, trio: list[Person]) -> Iterator[Room]:
    """Two messages, and one who reads them at a server that knows of no change; a while ago, so that only what comes is
    recent."""
    place = people.conversation(*trio, title="Tyst buss")
    writer = cluster.nodes[0].socket(trio[0])
    messages = [writer.say(place, text) for text in ("ett", "två")]
    writer.close()
    cluster.further(2).kill()  # and comes back without memory
    cluster.further(2).start()
    eventually(cluster.united, 20, "all are together again")
    device = reader_at(cluster.nodes[2], trio[1], place)
    yield place, device, messages
    device.disconnect()


def test_B3_two_deletes_are_told_of_a_conversation_that_the_server_did_not_know(
        cluster: Cluster, trio: list[Person], room: Room, silence: None) -> None:
    place, device, messages = room
    client = cluster.nodes[0].client(trio[0])
    for message in messages:
        ok(client.delete(path_of(place, message)), 204)
    eventually(is_told(device, place), WITHIN, "both are told")


def test_B3_a_title_before_an_edit_is_told_of_a_conversation_that_the_server_did_not_know(
        cluster: Cluster, trio: list[Person], room: Room, silence: None) -> None:
    place, device, messages = room
    client = cluster.nodes[0].client(trio[0])
    ok(client.patch(f"/v1/conversations/{place}", {"title": "Ny"}), 204)
    ok(client.patch(path_of(place, messages[0]), {"text": "annat"}), 200)
    eventually(is_told(device, place), WITHIN, "both are told")


def test_B3_a_new_group_is_told_without_the_bus(cluster: Cluster, trio: list[Person], silence: None) -> None:
    device = reader_at(cluster.nodes[2], trio[1])
    body = {"member_ids": [one.user_id for one in trio[1:]], "title": "Ny grupp"}
    place = ok(cluster.nodes[0].client(trio[0]).post("/v1/conversations", body), 201)["conversation_id"]

    def has_it() -> bool:
        device.pump()
        return place in device.copies and not device.waiting

    eventually(has_it, WITHIN, "a member at another server hears of the group")
    assert differences(device, place) == []
    device.disconnect()


def test_B3_who_was_removed_is_told_without_the_bus(
        cluster: Cluster, trio: list[Person], room: Room, silence: None) -> None:
    place, device, _ = room
    ok(cluster.nodes[0].client(trio[0]).delete(f"/v1/conversations/{place}/members/{trio[1].user_id}"), 204)
    eventually(is_told(device, place), WITHIN, "who was removed drops the conversation")


def test_J1_an_erasure_is_told_at_every_server(cluster: Cluster, trio: list[Person]) -> None:
    gone = people.person(cluster.platform, trio[0].organisation)
    place = people.conversation(trio[0], trio[1], gone, title="Snart borta")
    gone.socket().say(place, "jag finns")
    devices = [reader_at(node, trio[1], place) for node in cluster.nodes]
    ok(gone.client.post("/v1/reauthenticate", {"password": gone.password}))
    ok(gone.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)
    for device in devices:
        eventually(lambda: "removed" in first_message(device, place), 30, "the stub is told")
        eventually(is_told(device, place), WITHIN, "nothing of the person is left")
        device.disconnect()
