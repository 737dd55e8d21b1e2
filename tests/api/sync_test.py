"""B3: catching up, and one order for everybody."""
from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from support import people
from support.client import items
from support.live import LiveSocket
from support.people import Person

Hire = Callable[..., Person]


def catch_up(socket: LiveSocket, positions: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What a sync brings: the events in their order, and the frame that ends it."""
    socket.passed_by = []
    done = socket.ask({"type": "sync", "positions": positions})
    assert done["type"] == "sync.done", done
    return [frame for frame in socket.passed_by if frame["type"] == "message.new"], done


def pipeline(socket: LiveSocket, place: str, count: int, window: int = 50) -> list[dict[str, Any]]:
    """Sends `count` messages with up to `window` on the way, and returns the answers in order."""
    answers = []
    for n in range(count + window):
        if n < count:
            socket.send({"type": "message.send", "id": str(n), "conversation_id": place,
                         "client_message_id": str(uuid.uuid4()), "text": f"rad {n + 1}"})
        if n >= window and len(answers) < count:
            answers.append(socket.until("message.accepted", 30))
    while len(answers) < count:
        answers.append(socket.until("message.accepted", 30))
    return answers


def test_B3_sync_brings_what_is_missing_in_order(hire: Hire, anna: Person) -> None:
    who = hire()
    places = [people.conversation(who, anna, title=f"S{n}") for n in range(2)]
    speaker = who.socket()
    for place in places:
        pipeline(speaker, place, 6)
    listener = anna.socket()
    events, done = catch_up(listener, {places[0]: {"seq": 2, "change": 0}, places[1]: {"seq": 0, "change": 0}})
    of = {place: [event["seq"] for event in events if event["conversation_id"] == place] for place in places}
    assert of == {places[0]: [3, 4, 5, 6], places[1]: [1, 2, 3, 4, 5, 6]}
    assert all(event["text"] == f"rad {event['seq']}" and event["sender_id"] == who.user_id for event in events)
    assert done["more"] is False
    for place in places:
        assert done["positions"][place]["seq"] == 6
        assert done["positions"][place]["first_seq"] == 1
    again, done = catch_up(listener, {place: {key: done["positions"][place][key] for key in ("seq", "change")}
                                      for place in places})
    assert again == [] and done["more"] is False


def test_B3_sync_answers_at_most_1000_events_and_says_that_there_is_more(hire: Hire, anna: Person) -> None:
    who = hire()
    place = people.conversation(who, anna, title="Långt")
    pipeline(who.socket(), place, 1003)
    listener = anna.socket()
    position: dict[str, Any] = {"seq": 0, "change": 0}
    seen, more, answers = [], True, 0
    while more:
        events, done = catch_up(listener, {place: position})
        assert len(events) <= 1000
        seen += [event["seq"] for event in events]
        position = {key: done["positions"][place][key] for key in ("seq", "change")}
        more, answers = done["more"], answers + 1
    assert seen == list(range(1, 1004))
    assert answers >= 2


def test_B3_live_messages_wait_behind_a_sync(hire: Hire, anna: Person) -> None:
    who = hire()
    place = people.conversation(who, anna, title="Samtidigt")
    pipeline(who.socket(), place, 200)
    listener, speaker = anna.socket(), who.socket()
    listener.send({"type": "sync", "id": "s", "positions": {place: {"seq": 0, "change": 0}}})
    last = pipeline(speaker, place, 20)[-1]["seq"]
    seen: list[int] = []
    while not seen or seen[-1] < last:
        frame = listener.receive()
        if frame["type"] == "message.new":
            seen.append(frame["seq"])
    assert seen == list(range(1, 221))


def test_B3_sync_shows_nothing_of_a_strangers_conversation(hire: Hire, anna: Person, david: Person) -> None:
    who = hire()
    place = people.conversation(who, anna)
    who.socket().say(place, "inget för David")
    for stranger in (david, hire()):
        socket = stranger.socket()
        answer = socket.ask({"type": "sync", "positions": {place: {"seq": 0, "change": 0}}})
        assert answer["type"] in ("sync.done", "error")
        assert not any(frame["type"] == "message.new" for frame in socket.passed_by)
        assert place not in answer.get("positions", {})


def test_a_sync_of_more_than_500_conversations_or_of_nonsense_is_refused(anna: Person, bo: Person) -> None:
    socket, place = anna.socket(), people.conversation(anna, bo)
    many = {str(uuid.uuid4()): {"seq": 0, "change": 0} for _ in range(501)}
    for positions in (many, {place: {"seq": -1, "change": 0}}, {place: {"seq": "0", "change": 0}}, {place: 7},
                      {place: {"seq": 1.5, "change": 0}}, {place: {"seq": 0, "change": 0, "x": 1}}, None):
        assert socket.ask({"type": "sync", "positions": positions})["type"] == "error"


def test_B3_twenty_senders_get_one_order_without_gaps(anna: Person, bo: Person, cecilia: Person, hire: Hire) -> None:
    crowd = [anna, bo, cecilia, hire(), hire()]
    place = people.conversation(anna, *crowd[1:], title="Alla på en gång")
    sockets = [who.socket() for who in crowd for _ in range(4)]
    watcher = bo.socket()
    answers: list[dict[str, Any]] = []

    def talk(socket: LiveSocket, name: int) -> None:
        for n in range(10):
            answers.append(socket.say(place, f"{name}:{n}"))

    threads = [threading.Thread(target=talk, args=(socket, name)) for name, socket in enumerate(sockets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 201))
    seen = [watcher.until("message.new") for _ in range(200)]
    assert [event["seq"] for event in seen] == list(range(1, 201))
    for name in range(20):  # one sender's own messages keep their order
        assert [event["text"] for event in seen if event["text"].startswith(f"{name}:")] == \
            [f"{name}:{n}" for n in range(10)]
    stored = [item for before in (201, 151, 101, 51)
              for item in items(cecilia.client.get(f"/v1/conversations/{place}/messages?limit=50&before_seq={before}"))]
    assert [(item["seq"], item["text"]) for item in reversed(stored)] == [(e["seq"], e["text"]) for e in seen]


def test_B3_every_socket_sees_the_same_order(hire: Hire, anna: Person, bo: Person) -> None:
    who = hire()
    place = people.conversation(who, anna, bo, title="Ordning")
    speakers, watchers = [who.socket(), anna.socket(), bo.socket()], [who.socket(), anna.socket(), bo.socket()]
    threads = [threading.Thread(target=pipeline, args=(socket, place, 40, 10)) for socket in speakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    orders = [[watcher.until("message.new")["message_id"] for _ in range(120)] for watcher in watchers]
    assert orders[0] == orders[1] == orders[2]
    assert len(set(orders[0])) == 120
