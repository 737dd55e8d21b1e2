"""B3: clients that break the rules of the socket, or send everything at once, harm nobody but themselves."""
from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import items, ok, problem
from support.people import Person
from support.platform import Platform
from support.raw import RawWebSocket

Hire = Callable[..., Person]
TEXT, CONTINUATION = 1, 0


def frame_of(place: str, text: str) -> bytes:
    return json.dumps({"type": "message.send", "id": "1", "conversation_id": place, "client_message_id": str(uuid.uuid4()),
                       "text": text}, ensure_ascii=False).encode()


def answer_of(socket: RawWebSocket) -> dict[str, Any]:
    while True:
        frame = socket.receive_frame()
        assert frame is not None and frame[0] == TEXT, frame
        answer = json.loads(frame[1])
        if answer.get("re") == "1":
            return answer


def test_B3_a_message_split_at_every_byte_is_one_message(hire: Hire, platform: Platform) -> None:
    """Into fragments of the protocol: the cut runs through letters of several bytes too."""
    who = hire()
    place = people.conversation(who, hire())
    socket = RawWebSocket(platform.port, who.client.token or "")
    payload = frame_of(place, "å🎈ö")
    for cut in range(1, len(payload)):
        payload = frame_of(place, "å🎈ö")
        socket.send_frame(TEXT, payload[:cut], final=False)
        socket.send_frame(CONTINUATION, payload[cut:])
        assert answer_of(socket)["seq"] == cut
    payload = frame_of(place, "å🎈ö")
    for n in range(len(payload)):
        socket.send_frame(CONTINUATION if n else TEXT, payload[n:n + 1], final=n + 1 == len(payload))
    assert answer_of(socket)["seq"] == len(payload)
    assert {item["text"] for item in items(who.client.get(f"/v1/conversations/{place}/messages?limit=200"))} == {"å🎈ö"}


def test_B3_bytes_of_a_frame_may_come_one_by_one(hire: Hire, platform: Platform) -> None:
    who = hire()
    place = people.conversation(who, hire())
    socket = RawWebSocket(platform.port, who.client.token or "")
    payload = frame_of(place, "droppvis")
    head = bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + b"\0\0\0\0"  # a mask of zeros changes nothing
    for byte in head + payload:
        socket.send(bytes([byte]))
    assert answer_of(socket)["seq"] == 1


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"])
@pytest.mark.parametrize("where", ["first", "last", "across"])
def test_B3_malformed_utf8_closes_with_1007_wherever_it_stands(anna: Person, platform: Platform, bad: bytes, where: str) -> None:
    socket = RawWebSocket(platform.port, anna.client.token or "")
    good = frame_of(str(uuid.uuid4()), "x")
    payload = {"first": bad + good, "last": good[:-2] + bad, "across": good[:-2] + bad + good[-2:]}[where]
    if where == "across":
        cut = len(good) - 2 + len(bad) // 2
        socket.send_frame(TEXT, payload[:cut], final=False)
        socket.send_frame(CONTINUATION, payload[cut:])
    else:
        socket.send_frame(TEXT, payload)
    assert socket.close_code() == 1007


def test_B3_a_hundred_sockets_with_the_same_client_message_id_store_one_message(hire: Hire) -> None:
    who, reader = hire(), hire()
    place, same = people.conversation(who, reader), str(uuid.uuid4())
    sockets, ears = [who.socket() for _ in range(100)], reader.socket()
    answers: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda socket=socket: answers.append(socket.say(place, "en gång", same))) for socket in sockets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 100
    assert {(answer["type"], answer["message_id"], answer["seq"]) for answer in answers} == {
        ("message.accepted", answers[0]["message_id"], 1)}
    assert ears.until("message.new")["message_id"] == answers[0]["message_id"]
    assert "message.new" not in str(ears.received_before_now())
    assert len(items(who.client.get(f"/v1/conversations/{place}/messages"))) == 1


def test_B3_what_is_sent_after_leaving_is_refused_and_harms_nothing(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, title="Ut")
    speaker, ears = member.socket(), owner.socket()
    speaker.say(place, "före")
    ok(member.client.delete(f"/v1/conversations/{place}/members/{member.user_id}"))
    for frame in ({"type": "message.send", "client_message_id": str(uuid.uuid4()), "text": "efter"}, {"type": "typing"},
                  {"type": "conversation.read", "seq": 1}):
        answer = speaker.ask({"conversation_id": place} | frame)
        assert (answer["type"], answer["problem"]["status"]) == ("error", 404)
    problem(member.client.post(f"/v1/conversations/{place}/messages",
                               {"client_message_id": str(uuid.uuid4()), "text": "x"}), 404)
    seen = ears.received_before_now()
    assert [frame["type"] for frame in seen if frame["type"] in ("typing", "conversation.read")] == []
    assert [frame["text"] for frame in seen if frame["type"] == "message.new"] == ["före"]
    assert owner.socket().say(place, "vidare")["seq"] == 2


def test_B3_a_reader_that_never_reads_is_cut_and_loses_nothing(hire: Hire, platform: Platform) -> None:
    speaker_person, deaf_person, reader_person = hire(), hire(), hire()
    place = people.conversation(speaker_person, deaf_person, reader_person, title="Högt")
    deaf = RawWebSocket(platform.port, deaf_person.client.token or "")
    speaker, reader = speaker_person.socket(), reader_person.socket()
    sent = 0
    long = "x" * 8000
    while sent < 3000:  # many times what may wait for one client and what the system buffers
        for _ in range(50):
            speaker.send({"type": "message.send", "id": str(sent), "conversation_id": place,
                          "client_message_id": str(uuid.uuid4()), "text": long})
            sent += 1
        for _ in range(50):
            speaker.until("message.accepted", 30)
    assert [reader.until("message.new", 30)["seq"] for _ in range(sent)] == list(range(1, sent + 1))
    assert deaf.close_code() in (4008, None)  # the close frame itself may not have fitted any more
    back, seq, more = deaf_person.socket(), 0, True
    while more:
        back.passed_by = []
        done = back.ask({"type": "sync", "positions": {place: {"seq": seq, "change": 0}}}, 60)
        got = [frame["seq"] for frame in back.passed_by if frame["type"] == "message.new"]
        assert got == list(range(seq + 1, seq + 1 + len(got)))
        seq, more = done["positions"][place]["seq"], done["more"]
    assert seq == sent
