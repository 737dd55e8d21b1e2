"""B3: the live connection: how it opens, what it answers, how it ends."""
from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import PROBLEM, Client, items, ok, problem
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform
from support.raw import RawWebSocket

Hire = Callable[..., Person]
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def refused(answer: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """The problem in an error frame."""
    assert answer["type"] == "error", answer
    assert answer["problem"]["type"].startswith(PROBLEM)
    assert name is None or answer["problem"]["type"] == PROBLEM + name
    return answer["problem"]


def test_B3_a_bearer_token_opens_the_socket(anna: Person, platform: Platform) -> None:
    socket = LiveSocket(platform.port, token=anna.client.token)
    assert socket.receive() == {"type": "ready", "user_id": anna.user_id}
    assert socket.subprotocol == "samtal.v1"
    socket.close()


def test_B3_a_first_frame_opens_the_socket(anna: Person, platform: Platform) -> None:
    socket = LiveSocket(platform.port, subprotocol=None)
    socket.send({"type": "authenticate", "access_token": anna.client.token})
    assert socket.receive() == {"type": "ready", "user_id": anna.user_id}
    assert socket.subprotocol is None
    socket.close()


@pytest.mark.parametrize("token", ["nonsense", "", "x" * 4000])
def test_I5_a_bad_token_in_the_first_frame_closes_with_4003(platform: Platform, token: str) -> None:
    socket = LiveSocket(platform.port)
    socket.send({"type": "authenticate", "access_token": token})
    assert socket.closed() == 4003
    assert not any(frame["type"] == "ready" for frame in socket.passed_by)


def test_I5_a_bad_token_in_the_header_refuses_the_upgrade(anyone: Client, switch: Client) -> None:
    for token in ("nonsense", switch.token):
        problem(anyone.get("/v1/ws", headers=UPGRADE | {"Authorization": f"Bearer {token}"}), 401)


def test_I5_nothing_is_done_before_authentication(anna: Person, bo: Person, platform: Platform) -> None:
    place = people.conversation(anna, bo, title="Stängt")
    socket = LiveSocket(platform.port)
    socket.send({"type": "message.send", "conversation_id": place, "client_message_id": str(uuid.uuid4()),
                 "text": "utan namn"})
    assert socket.closed() == 4003
    assert not any(frame["type"] == "message.accepted" for frame in socket.passed_by)
    assert items(anna.client.get(f"/v1/conversations/{place}/messages")) == []


def test_a_token_in_the_address_is_no_credential(anna: Person, anyone: Client) -> None:
    for name in ("access_token", "token"):
        problem(anyone.get(f"/v1/me?{name}={anna.client.token}"), 401)


def test_a_plain_get_of_the_socket_address_is_refused(anna: Person) -> None:
    answer = anna.client.get("/v1/ws")
    assert answer.status_code in (400, 426)
    problem(answer, answer.status_code)


def test_B3_a_message_reaches_every_other_socket_of_every_member(hire: Hire, anna: Person) -> None:
    who = hire()
    place, sender = people.conversation(who, anna), who.socket()
    others = [who.socket(), anna.socket(), anna.socket()]
    accepted = sender.say(place, "hej allihop ☃")
    assert set(accepted) == {"type", "re", "conversation_id", "message_id", "seq", "sent_at"}
    assert (accepted["type"], accepted["conversation_id"], accepted["seq"]) == ("message.accepted", place, 1)
    for socket in others:
        assert socket.until("message.new") == {
            "type": "message.new", "conversation_id": place, "message_id": accepted["message_id"], "seq": 1,
            "sender_id": who.user_id, "sent_at": accepted["sent_at"], "text": "hej allihop ☃"}
    sender.say(place, "och en till")
    assert not any(frame["type"] == "message.new" for frame in sender.passed_by)


def test_B3_a_message_over_http_reaches_the_senders_sockets_too(hire: Hire, anna: Person) -> None:
    who = hire()
    place, sockets = people.conversation(who, anna), [who.socket(), anna.socket()]
    body = {"client_message_id": str(uuid.uuid4()), "text": "från annat håll"}
    sent = ok(who.client.post(f"/v1/conversations/{place}/messages", body), 201)
    for socket in sockets:
        pushed = socket.until("message.new")
        assert (pushed["message_id"], pushed["text"]) == (sent["message_id"], "från annat håll")


def test_B3_a_repeat_is_answered_the_same_and_pushed_once(hire: Hire, anna: Person) -> None:
    who = hire()
    place, same = people.conversation(who, anna), str(uuid.uuid4())
    sender, listener = who.socket(), anna.socket()
    first, again = sender.say(place, "en gång", same), sender.say(place, "en gång", same)
    assert {**first, "re": None} == {**again, "re": None}
    refused(sender.say(place, "annat", same), "message-id-reused")
    last = sender.say(place, "sist")
    assert [listener.until("message.new")["message_id"] for _ in range(2)] == \
        [first["message_id"], last["message_id"]]


def test_B3_only_members_get_and_send(anna: Person, bo: Person, cecilia: Person, david: Person) -> None:
    place = people.conversation(anna, bo, title="Vi två")
    refusals = [refused(who.socket().say(place, "släpp in mig"), "not-found") for who in (cecilia, david)]
    absent = refused(anna.socket().say(str(uuid.uuid4()), "finns du?"), "not-found")
    for refusal in refusals:
        assert {**refusal, "instance": ""} == {**absent, "instance": ""}
    assert items(anna.client.get(f"/v1/conversations/{place}/messages")) == []


@pytest.mark.parametrize("raw", [
    '{"type":"no.such.type"}', "{}", "[]", "7", "null", '""', "{", '{"type":7}', '{"type":"message.send"}',
    '{"type":"typing","type":"typing"}', "[" * 5000, '{"type":"\\u0000"}', '{"type":"sync","positions":[]}'])
def test_a_bad_frame_is_answered_and_the_socket_lives(anna: Person, raw: str) -> None:
    socket = anna.socket()
    socket.send_raw(raw)
    answer = socket.receive()
    refused(answer)
    assert answer["re"] is None
    assert socket.ask({"type": "no.such.type", "id": "efteråt"})["re"] == "efteråt"
    socket.close()


def test_the_id_of_a_frame_comes_back(anna: Person) -> None:
    socket = anna.socket()
    for mark in ("a", "å" * 20):
        assert refused(socket.ask({"type": "no.such.type", "id": mark}))


@pytest.mark.parametrize("change", [
    {"text": ""}, {"text": 7}, {"text": None}, {"client_message_id": "x"},
    {"client_message_id": 7}, {"conversation_id": {}}, {"conversation_id": 7}, {"seq": 1}])
def test_a_bad_message_frame_is_refused(anna: Person, bo: Person, change: dict[str, Any]) -> None:
    socket = anna.socket()
    frame = {"type": "message.send", "conversation_id": people.conversation(anna, bo),
             "client_message_id": str(uuid.uuid4()), "text": "x"}
    refused(socket.ask(frame | change))
    socket.close()


def test_a_binary_frame_closes_with_1003(anna: Person, platform: Platform) -> None:
    with RawWebSocket(platform.port, anna.client.token or "") as socket:
        socket.send_frame(2, b'{"type":"typing"}')
        assert socket.close_code() == 1003


def test_bytes_that_are_no_utf8_close_with_1007(anna: Person, platform: Platform) -> None:
    with RawWebSocket(platform.port, anna.client.token or "") as socket:
        socket.send_frame(1, b'{"type":"\xff\xfe"}')
        assert socket.close_code() == 1007


@pytest.mark.parametrize("pieces", [1, 5])
def test_a_frame_over_64_kib_closes_with_1009(anna: Person, platform: Platform, pieces: int) -> None:
    with RawWebSocket(platform.port, anna.client.token or "") as socket:
        piece = b" " * (65536 // pieces + 1)
        for n in range(pieces):
            socket.send_frame(1 if n == 0 else 0, piece, final=n == pieces - 1)
        assert socket.close_code() == 1009


def test_a_frame_of_64_kib_is_read(anna: Person) -> None:
    socket = anna.socket()
    frame = json.dumps({"type": "no.such.type", "id": "stor"})
    socket.send_raw(frame + " " * (65536 - len(frame)))
    assert socket.receive()["re"] == "stor"
    socket.close()


@pytest.mark.parametrize("frame", [{"opcode": 3}, {"opcode": 1, "reserved": 4}, {"opcode": 1, "masked": False},
                                   {"opcode": 0}, {"opcode": 9, "final": False}])
def test_a_frame_against_the_protocol_closes_with_1002(anna: Person, platform: Platform,
                                                       frame: dict[str, Any]) -> None:
    with RawWebSocket(platform.port, anna.client.token or "") as socket:
        socket.send_frame(payload=b"{}", **frame)
        assert socket.close_code() == 1002


def test_compression_is_not_negotiated(anna: Person, platform: Platform) -> None:
    client = Client(platform.url, anna.client.token)  # of its own: the connection speaks no HTTP after this
    answer = client.get("/v1/ws", stream=True, headers=UPGRADE | {"Sec-WebSocket-Extensions": "permessage-deflate"})
    assert answer.status_code == 101
    assert "Sec-WebSocket-Extensions" not in answer.headers
    answer.close()
    client.session.close()
