"""A client that keeps what it is told, by the rules that the AsyncAPI document gives: one device of one person."""
from __future__ import annotations

import queue
import uuid
from dataclasses import dataclass, field
from typing import Any

from support.client import ok
from support.live import LiveSocket
from support.people import Person

Frame = dict[str, Any]


@dataclass
class Copy:
    """A conversation as the device has it."""

    messages: dict[int, Frame] = field(default_factory=dict)
    title: str | None = None
    members: set[str] = field(default_factory=set)
    info: int = 0                                       # the change that title and members are of
    seq: int = 0                                        # everything up to here was received
    change: int = 0
    live: bool = False                                  # caught up on this connection: events move the position


class Device:
    """`deaf` names a type of frame that it overlooks: a planted fault."""

    def __init__(self, who: Person, deaf: str = "") -> None:
        self.who, self.deaf = who, deaf
        self.socket: LiveSocket | None = None
        self.copies: dict[str, Copy] = {}
        self.waiting: dict[str, Frame] = {}  # sent and not answered, by id

    def connect(self, *places: str) -> None:
        """Opens the socket and catches up with what it has, and with these."""
        self.socket = self.who.socket()
        for place in {*self.copies, *places}:
            self.sync(place)

    def disconnect(self) -> None:
        """What was not read yet is lost, and so is what was not answered."""
        assert self.socket is not None
        self.socket.close()
        self.socket, self.waiting = None, {}
        for copy in self.copies.values():
            copy.live = False

    def ask(self, frame: Frame) -> None:
        """Sends without waiting for the answer."""
        assert self.socket is not None
        number = str(uuid.uuid4())
        self.waiting[number] = frame
        self.socket.send({"id": number} | frame)

    def sync(self, place: str) -> None:
        if place not in self.copies:
            self.copies[place] = self.first_copy(place)
        copy = self.copies[place]
        self.ask({"type": "sync", "positions": {place: {"seq": copy.seq, "change": copy.change}}})

    def first_copy(self, place: str) -> Copy:
        """Title and members; those of an unchanged conversation come with no event."""
        found = self.who.client.get(f"/v1/conversations/{place}")
        if found.status_code == 404:
            return Copy()
        return Copy(title=found.json()["title"], members={member["user_id"] for member in found.json()["members"]})

    def say(self, place: str, text: str) -> None:
        self.ask({"type": "message.send", "conversation_id": place, "client_message_id": str(uuid.uuid4()), "text": text})

    def own(self, place: str) -> list[Frame]:
        copy = self.copies.get(place, Copy())
        return [message for message in copy.messages.values() if message.get("sender_id") == self.who.user_id]

    def pump(self, patience: float = 0) -> None:
        """Takes in what has arrived; with patience, until everything asked is answered."""
        assert self.socket is not None
        while True:
            try:
                self.take(self.socket.receive(patience) if self.waiting and patience else self.arrived())
            except queue.Empty:
                if not self.waiting or not patience:
                    return

    def arrived(self) -> Frame:
        assert self.socket is not None
        if self.socket.frames.empty():
            raise queue.Empty
        return self.socket.receive()

    def take(self, frame: Frame) -> None:
        asked = self.waiting.pop(frame.get("re") or "", None)
        kind = frame["type"]
        if kind == self.deaf:
            return
        if kind == "sync.done":
            assert asked is not None
            return self.synced(asked, frame)
        if kind == "message.accepted" and asked is not None:
            return self.message(frame | {"text": asked["text"], "sender_id": self.who.user_id})
        if kind in ("message.new", "message.edited", "message.deleted"):
            return self.message(frame)
        if kind in ("member.added", "member.removed", "conversation.changed"):
            return self.conversation(frame)

    def synced(self, asked: Frame, done: Frame) -> None:
        place, = asked["positions"]
        position = done["positions"].get(place)
        if position is None:  # no member any more
            self.copies.pop(place, None)
            return
        copy = self.copies.setdefault(place, Copy())
        copy.messages = {seq: m for seq, m in copy.messages.items() if seq >= position["first_seq"]}
        copy.seq, copy.change = max(copy.seq, position["seq"]), max(copy.change, position["change"])
        copy.live = not done["more"]
        self.advance(copy)
        if done["more"]:
            self.sync(place)

    def advance(self, copy: Copy, change: int = 0) -> None:
        if copy.live:
            copy.change = max(copy.change, change)
        while copy.seq + 1 in copy.messages:
            copy.seq += 1

    def message(self, frame: Frame) -> None:
        copy = self.copies.setdefault(frame["conversation_id"], Copy())
        kept = copy.messages.get(frame["seq"])
        if kept is None or ("removed" not in kept and frame.get("change", 0) >= kept.get("change", 0)):
            copy.messages[frame["seq"]] = {key: frame[key] for key in ("message_id", "seq", "sender_id", "sent_at", "text", "removed",
                                                                       "edited_at", "change") if key in frame}
        self.advance(copy, frame.get("change", 0))

    def conversation(self, frame: Frame) -> None:
        place, change = frame["conversation_id"], frame["change"]
        if frame["type"] == "member.removed" and frame["user_id"] == self.who.user_id:
            self.copies.pop(place, None)
            return
        if frame["type"] == "member.added" and self.who.user_id in frame["user_ids"]:
            self.copies.pop(place, None)
            self.sync(place)
            return
        copy = self.copies.setdefault(place, Copy())
        if change > copy.info or (change == copy.info and "members" in frame):  # with members it is the whole
            copy.info = change
            if frame["type"] == "member.added":
                copy.members |= set(frame["user_ids"])
            elif frame["type"] == "member.removed":
                copy.members.discard(frame["user_id"])
            else:
                copy.title = frame["title"]
                if "members" in frame:
                    copy.members = {member["user_id"] for member in frame["members"]}
        self.advance(copy, change)


def differences(device: Device, place: str) -> list[str]:
    """Between what the device has and what the server would tell somebody who asks today."""
    client, copy = device.who.client, device.copies.get(place)
    answer = client.get(f"/v1/conversations/{place}")
    if answer.status_code == 404:
        return [] if copy is None else [f"{device.who.user_id} kept a conversation that they are not in"]
    truth = ok(answer, 200)
    if copy is None:
        return [f"{device.who.user_id} lacks the conversation"]
    found, before = [], ""
    stored: dict[int, Frame] = {}
    while True:
        page = ok(client.get(f"/v1/conversations/{place}/messages?limit=200{before}"), 200)["items"]
        stored |= {message["seq"]: message for message in page}
        if not page:
            break
        before = f"&before_seq={page[-1]['seq']}"
    kept = {seq: {key: value for key, value in m.items() if not ("removed" in m and key == "change")}
            for seq, m in copy.messages.items()}
    for seq in sorted({*stored, *kept}):
        if stored.get(seq) != kept.get(seq):
            found.append(f"message {seq}: has {kept.get(seq)}, should have {stored.get(seq)}")
    if copy.members != {member["user_id"] for member in truth["members"]}:
        found.append(f"members: has {copy.members}")
    if copy.title != truth["title"]:
        found.append(f"title: has {copy.title}, should have {truth['title']}")
    if copy.seq != truth["last_seq"] or copy.change > truth["last_change"]:  # not every change was theirs to see
        found.append(f"position: has {copy.seq} {copy.change}, should have {truth['last_seq']} {truth['last_change']}")
    return found
