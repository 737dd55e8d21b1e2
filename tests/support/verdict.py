"""The model: what a conversation may look like, given everything that its clients did and were told."""
from __future__ import annotations

from typing import Any

from support.chronicle import Ack, Chronicle, Delivery, Try

Stored = list[dict[str, Any]]


def faults(chronicle: Chronicle, place: str, stored: Stored, readers: list[str]) -> list[str]:
    """What is wrong with a conversation's history (oldest first); empty when nothing is. Of `readers`, devices that
    only read, everything is expected to have arrived."""
    tries = chronicle.in_place(place)
    found = [*numbering(stored), *origin(tries, stored), *promises(tries, stored), *order(tries)]
    by_seq = {item["seq"]: item for item in stored}
    for (device, where), seen in chronicle.deliveries.items():
        if where == place:
            found += [f"{device}: {fault}" for fault in sameness(seen, by_seq)]
    for device in readers:
        found += [f"{device}: {fault}" for fault in reading(chronicle.deliveries[device, place], len(stored))]
    return found


def numbering(stored: Stored) -> list[str]:
    expected = list(range(1, len(stored) + 1))
    return [] if [item["seq"] for item in stored] == expected else ["seq has gaps or repeats"]


def origin(tries: list[Try], stored: Stored) -> list[str]:
    """Each message was sent by the person it names, and is there once."""
    senders = {one.text: one.sender for one in tries}
    found, seen = [], set()
    for item in stored:
        if item["text"] in seen:
            found.append(f"seq {item['seq']} is stored a second time")
        elif senders.get(item["text"]) != item["sender_id"]:
            found.append(f"seq {item['seq']} was never sent by its sender")
        seen.add(item["text"])
    return found


def promises(tries: list[Try], stored: Stored) -> list[str]:
    """What was acked is there as it was acked, and every repeat was answered alike."""
    by_text = {item["text"]: Ack(item["message_id"], item["seq"]) for item in stored}
    found = []
    for one in tries:
        if len(set(one.acks)) > 1:
            found.append(f"a repeat got another answer: seq {sorted({ack.seq for ack in one.acks})}")
        for ack in one.acks[:1]:
            if one.text not in by_text:
                found.append(f"acked and lost: seq {ack.seq}")
            elif by_text[one.text] != ack:
                found.append(f"acked as seq {ack.seq} and stored as seq {by_text[one.text].seq}")
    return found


def order(tries: list[Try]) -> list[str]:
    """What was acked before another message was even sent stands before it."""
    found, earliest_later_ack = [], float("inf")
    for one in sorted((one for one in tries if one.acks), key=lambda t: t.acks[0].seq, reverse=True):
        if one.began > earliest_later_ack:
            found.append(f"seq {one.acks[0].seq} was sent after a later one had been acked")
        earliest_later_ack = min(earliest_later_ack, one.acked_at or float("inf"))
    return found


def sameness(seen: list[Delivery], by_seq: dict[int, dict[str, Any]]) -> list[str]:
    """Whatever reached a device is what everybody finds in that place: nobody saw another order, or what is not there."""
    found = []
    for one in seen:
        item = by_seq.get(one.seq)
        if item is None:
            found.append(f"saw seq {one.seq}, which is not there")
        elif (one.message_id, one.sender, one.text) != (item["message_id"], item["sender_id"], item["text"]):
            found.append(f"saw another message as seq {one.seq}")
    return found


def reading(seen: list[Delivery], last: int) -> list[str]:
    """A device that keeps what follows what it has, and asks again by sync after each break, misses nothing."""
    found, position = [], 0
    for one in seen:
        if one.seq == position + 1:
            position += 1
        elif one.live and one.seq > position:
            found.append(f"live, seq {one.seq} came after {position}")
        elif one.live:
            found.append(f"live, seq {one.seq} came again")
    if position != last:
        found.append(f"has everything up to seq {position} of {last}")
    return found
