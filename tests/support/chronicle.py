"""What clients did and were told while things broke: every try, answer and delivery, in the order in which it happened."""
from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ack:
    message_id: str
    seq: int


@dataclass
class Try:
    """One message. Without an ack its outcome is unknown: it may or may not have been stored."""

    sender: str
    place: str
    text: str  # unique in the run, and its own client_message_id
    began: float
    acks: list[Ack] = field(default_factory=list)
    acked_at: float | None = None


@dataclass(frozen=True)
class Delivery:
    """A `message.new` as it reached a device; not `live` while the device was still catching up."""

    seq: int
    message_id: str
    sender: str
    text: str
    live: bool


@dataclass
class Chronicle:
    """`clock` is one for all clients, so that what was answered before something else began can be told."""

    clock: Callable[[], float] = time.monotonic
    tries: dict[str, Try] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], list[Delivery]] = field(default_factory=lambda: defaultdict(list))

    def begin(self, sender: str, place: str) -> Try:
        text = str(uuid.uuid4())
        self.tries[text] = Try(sender, place, text, self.clock())
        return self.tries[text]

    def acked(self, tried: Try, answer: dict[str, Any]) -> None:
        tried.acks.append(Ack(answer["message_id"], answer["seq"]))
        if tried.acked_at is None:
            tried.acked_at = self.clock()

    def delivered(self, device: str, frame: dict[str, Any], live: bool) -> None:
        self.deliveries[device, frame["conversation_id"]].append(
            Delivery(frame["seq"], frame["message_id"], frame["sender_id"], frame["text"], live))

    def in_place(self, place: str) -> list[Try]:
        return [one for one in self.tries.values() if one.place == place]

    def unknown(self, place: str) -> list[Try]:
        return [one for one in self.in_place(place) if not one.acks]

    def acks(self) -> int:
        return sum(1 for one in self.tries.values() if one.acks)
