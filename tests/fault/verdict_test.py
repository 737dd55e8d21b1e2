"""The checker's model against fabricated histories: what it must let pass, and what it must catch."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.chronicle import Chronicle, Try
from support.verdict import Stored, faults

PLACE, READER = "place", "reader"


class Story:
    """Messages sent and acked one after the other, each stored and delivered, until a test changes something."""

    def __init__(self, count: int = 5) -> None:
        self.now = 0.0
        self.chronicle = Chronicle(clock=self.tick)
        self.stored: Stored = []
        for _ in range(count):
            self.send()

    def tick(self) -> float:
        self.now += 1
        return self.now

    def send(self, sender: str = "anna") -> Try:
        tried = self.chronicle.begin(sender, PLACE)
        self.store(tried)
        self.chronicle.acked(tried, self.stored[-1])
        self.deliver(self.stored[-1])
        return tried

    def store(self, tried: Try) -> None:
        seq = len(self.stored) + 1
        self.stored.append({"seq": seq, "message_id": f"m{seq}", "sender_id": tried.sender, "text": tried.text})

    def deliver(self, item: dict[str, Any], live: bool = True, reader: str = READER) -> None:
        self.chronicle.delivered(reader, {**item, "conversation_id": PLACE}, live)

    def faults(self) -> list[str]:
        return faults(self.chronicle, PLACE, self.stored, [READER])


def test_a_faithful_history_has_no_faults() -> None:
    assert Story().faults() == []


def test_what_is_unknown_may_be_stored_or_not() -> None:
    story = Story()
    story.chronicle.begin("anna", PLACE)
    stored = story.chronicle.begin("bo", PLACE)
    story.store(stored)
    story.deliver(story.stored[-1])
    assert story.faults() == []


def test_a_device_may_catch_up_out_of_step() -> None:
    """Live events before the sync, then all that was missing, in order."""
    story = Story(2)
    later = [story.chronicle.begin("bo", PLACE) for _ in range(2)]
    for one in later:
        story.store(one)
    for seq in (4, 3, 4):
        story.deliver(story.stored[seq - 1], live=False)
    assert story.faults() == []


def test_a_repeat_may_be_answered_again() -> None:
    story = Story()
    first = next(iter(story.chronicle.tries.values()))
    story.chronicle.acked(first, story.stored[0])
    assert story.faults() == []


def lose(story: Story) -> None:
    story.stored.pop()


def lose_in_the_middle(story: Story) -> None:
    del story.stored[2]


def double(story: Story) -> None:
    again = {**story.stored[1], "seq": 6, "message_id": "m6"}
    story.stored.append(again)
    story.deliver(again)


def swap(story: Story) -> None:
    one, two = story.stored[1:3]
    story.stored[1:3] = [{**two, "seq": 2}, {**one, "seq": 3}]


def invent(story: Story) -> None:
    story.stored.append({"seq": 6, "message_id": "m6", "sender_id": "anna", "text": "nobody wrote this"})
    story.deliver(story.stored[-1])


def forge(story: Story) -> None:
    story.stored[0]["sender_id"] = "bo"


def answer_a_repeat_anew(story: Story) -> None:
    tried = next(iter(story.chronicle.tries.values()))
    story.chronicle.acked(tried, {"seq": 6, "message_id": "m6"})


def overtake(story: Story) -> None:
    """Sent after seq 6 had been acked, and put before it."""
    first = story.chronicle.begin("anna", PLACE)
    story.chronicle.acked(first, {"seq": 7, "message_id": "m7"})
    second = story.chronicle.begin("anna", PLACE)
    story.store(second)
    story.chronicle.acked(second, {"seq": 6, "message_id": "m6"})
    story.store(first)
    for item in story.stored[5:]:
        story.deliver(item)


def show_what_is_not_there(story: Story) -> None:
    story.deliver({"seq": 6, "message_id": "m6", "sender_id": "anna", "text": "gone"})


def show_another_order(story: Story) -> None:
    story.deliver({**story.stored[3], "seq": 1}, live=False, reader="phone")


def skip_one_live(story: Story) -> None:
    seen = story.chronicle.deliveries[READER, PLACE]
    seen.append(seen.pop(1))


def repeat_one_live(story: Story) -> None:
    story.deliver(story.stored[-1])


def never_deliver_the_last(story: Story) -> None:
    story.chronicle.deliveries[READER, PLACE].pop()


@pytest.mark.parametrize(("plant", "said"), [
    (lose, "acked and lost: seq 5"),
    (lose_in_the_middle, "seq has gaps or repeats"),
    (double, "seq 6 is stored a second time"),
    (swap, "acked as seq 2 and stored as seq 3"),
    (invent, "seq 6 was never sent by its sender"),
    (forge, "seq 1 was never sent by its sender"),
    (answer_a_repeat_anew, "a repeat got another answer: seq [1, 6]"),
    (overtake, "seq 6 was sent after a later one had been acked"),
    (show_what_is_not_there, "reader: saw seq 6, which is not there"),
    (show_another_order, "phone: saw another message as seq 1"),
    (skip_one_live, "reader: live, seq 3 came after 1"),
    (repeat_one_live, "reader: live, seq 5 came again"),
    (never_deliver_the_last, "reader: has everything up to seq 4 of 5"),
])
def test_a_planted_fault_is_caught(plant: Callable[[Story], None], said: str) -> None:
    story = Story()
    plant(story)
    assert said in story.faults()
