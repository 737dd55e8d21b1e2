"""Members who read at several servers, and what each of them must have seen."""
from __future__ import annotations

import time
import uuid
from typing import Any

from support.client import ok
from support.cluster import Node
from support.live import LiveSocket
from support.people import Person
from support.platform import eventually

WITHIN = 5.0  # seconds in which a committed message reaches every connected member


class Reader:
    """A member's socket at one server, and the messages it got, in its order."""

    def __init__(self, node: Node, who: Person, place: str) -> None:
        self.socket: LiveSocket = node.socket(who)
        self.who, self.place = who, place
        self.seqs: list[int] = []
        self.texts: dict[int, str] = {}

    def take(self) -> list[int]:
        """Everything that came until now."""
        passed_by, self.socket.passed_by = self.socket.passed_by, []
        for frame in passed_by:
            self._note(frame)
        while not self.socket.frames.empty():
            self._note(self.socket.receive())
        return self.seqs

    def _note(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message.new" and frame["conversation_id"] == self.place:
            self.seqs.append(frame["seq"])
            self.texts[frame["seq"]] = frame["text"]

    def has(self, seqs: list[int]) -> bool:
        return set(seqs) <= set(self.take())


def readers_of(nodes: list[Node], trio: list[Person], place: str) -> list[Reader]:
    return [Reader(node, who, place) for node in nodes for who in trio]


def say(node: Node, who: Person, place: str, count: int = 1) -> list[int]:
    """Posts messages; the places they were acked with."""
    client, acked = node.client(who), []
    for _ in range(count):
        body = {"client_message_id": str(uuid.uuid4()), "text": f"från {node.port}"}
        acked.append(ok(client.post(f"/v1/conversations/{place}/messages", body), 201)["seq"])
    return acked


def all_have(readers: list[Reader], seqs: list[int], since: float, what: str) -> None:
    left = WITHIN - (time.monotonic() - since)
    eventually(lambda: all(reader.has(seqs) for reader in readers), left, what)


def in_order(readers: list[Reader]) -> None:
    """Each reader saw every message once, in the one order."""
    for reader in readers:
        assert is_gapless(reader.take()), f"out of order: {reader.seqs}"


def is_gapless(seen: list[int]) -> bool:
    return seen == list(range(seen[0], seen[0] + len(seen)))
