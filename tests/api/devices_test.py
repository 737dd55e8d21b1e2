"""B3: whatever happens in whatever order, all devices of all members end up with the same conversation."""
from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from support import people
from support.client import ok
from support.device import Device, differences
from support.people import Person

Hire = Callable[..., Person]
STEPS = 150
STORIES = int(os.environ.get("SAMTAL_STORIES", "6"))  # more of them: a longer look


class Story:
    """One conversation, an owner who stays, two members who come and go, and two devices of each."""

    def __init__(self, hire: Hire, seed: int, deaf: str = "") -> None:
        self.random = random.Random(seed)
        self.owner, *self.others = hire(), hire(), hire()
        self.place = people.conversation(self.owner, *self.others, title="Början")
        self.devices = [Device(who) for who in (self.owner, *self.others) for _ in range(2)]
        self.devices[-1].deaf = deaf
        for device in self.devices:
            device.connect(self.place)

    def step(self) -> None:
        device = self.random.choice(self.devices)
        if device.socket is None:
            return device.connect(self.place)
        act = self.random.choices([self.say, self.edit, self.delete, self.leave, self.come_and_go, self.retitle, self.listen],
                                  [30, 20, 8, 8, 6, 4, 24])[0]
        act(device)

    def say(self, device: Device) -> None:
        device.say(self.place, f"text {self.random.random()}")

    def edit(self, device: Device) -> None:
        if own := device.own(self.place):
            message = self.random.choice(own)
            device.ask({"type": "message.edit", "conversation_id": self.place, "message_id": message["message_id"],
                        "text": f"edited {self.random.random()}"})

    def delete(self, device: Device) -> None:
        if own := device.own(self.place):
            device.ask({"type": "message.delete", "conversation_id": self.place,
                        "message_id": self.random.choice(own)["message_id"]})

    def leave(self, device: Device) -> None:
        device.disconnect()

    def come_and_go(self, _: Device) -> None:
        who = self.random.choice(self.others)
        path = f"/v1/conversations/{self.place}/members"
        if self.owner.client.delete(f"{path}/{who.user_id}").status_code == 404:
            ok(self.owner.client.post(path, {"user_ids": [who.user_id]}))

    def retitle(self, _: Device) -> None:
        ok(self.owner.client.patch(f"/v1/conversations/{self.place}", {"title": f"titel {self.random.random()}"}))

    def listen(self, device: Device) -> None:
        device.pump()

    def end(self) -> list[str]:
        """Everybody there, everything answered, everything read. Then what differs."""
        for device in self.devices:
            if device.socket is None:
                device.connect(self.place)
        for _ in range(3):  # an answer may be a reason to ask again
            for device in self.devices:
                device.pump(patience=20)
        for device in self.devices:
            device.ask({"type": "no.such.type"})
            device.pump(patience=20)
        return [found for device in self.devices for found in differences(device, self.place)]


@pytest.mark.parametrize("seed", range(STORIES))
def test_B3_all_devices_end_up_with_the_same_conversation(hire: Hire, seed: int) -> None:
    story = Story(hire, seed)
    for _ in range(STEPS):
        story.step()
    assert story.end() == []


@pytest.mark.parametrize("deaf", ["message.new", "message.edited", "message.deleted", "conversation.changed"])
def test_a_device_that_misses_something_is_found(hire: Hire, deaf: str) -> None:
    """The checker is shown to catch a planted fault."""
    story = Story(hire, 4711, deaf)
    deaf_one, speaker = story.devices[-1], story.devices[0]
    for device in story.devices:
        device.pump(patience=20)
    for text in ("ett", "två", "tre"):
        speaker.say(story.place, text)
    speaker.pump(patience=20)
    first, second, _ = sorted(speaker.own(story.place), key=lambda message: message["seq"])
    speaker.ask({"type": "message.edit", "conversation_id": story.place, "message_id": first["message_id"], "text": "ettan"})
    speaker.ask({"type": "message.delete", "conversation_id": story.place, "message_id": second["message_id"]})
    speaker.pump(patience=20)
    story.retitle(speaker)
    found = story.end()
    assert found != [] and differences(deaf_one, story.place) == found
