"""B3: edits and deletes by the sender: who hears of them, who may not, and what is left of the text."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import PROBLEM, items, ok, problem
from support.database import Cluster
from support.device import Device, differences
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
ABSENT = "018f0000-0000-7000-8000-000000000000"


def write(who: Person, place: str, text: str) -> dict[str, Any]:
    body = {"client_message_id": str(uuid.uuid4()), "text": text}
    return ok(who.client.post(f"/v1/conversations/{place}/messages", body), 201)


def path_of(place: str, message: dict[str, Any]) -> str:
    return f"/v1/conversations/{place}/messages/{message['message_id']}"


def history(who: Person, place: str) -> list[dict[str, Any]]:
    return items(who.client.get(f"/v1/conversations/{place}/messages"))


def last_change(who: Person, place: str) -> int:
    return ok(who.client.get(f"/v1/conversations/{place}"), 200)["last_change"]


@pytest.fixture
def pair(hire: Hire) -> tuple[str, Person, Person]:
    writer, reader = hire(), hire()
    return people.conversation(writer, reader), writer, reader


def test_B3_an_edit_is_seen_by_all_and_counts_one_change(pair: tuple[str, Person, Person]) -> None:
    place, writer, reader = pair
    listener, own = reader.socket(), writer.socket()
    first = write(writer, place, "forsta")
    edited = ok(writer.client.patch(path_of(place, first), {"text": "andra"}), 200)
    assert edited == {"message_id": first["message_id"], "seq": 1, "sender_id": writer.user_id, "text": "andra",
                      "sent_at": first["sent_at"], "edited_at": edited["edited_at"], "change": 1}
    event = {"type": "message.edited", "conversation_id": place} | edited
    assert listener.until("message.edited") == own.until("message.edited") == event
    assert history(reader, place) == [edited]
    assert last_change(reader, place) == 1
    assert ok(writer.client.patch(path_of(place, first), {"text": "andra"}), 200) == edited  # no second change
    assert last_change(reader, place) == 1 and "message.edited" not in str(listener.received_before_now())


def test_B3_a_delete_leaves_a_stub_for_everybody(pair: tuple[str, Person, Person]) -> None:
    place, writer, reader = pair
    listener = reader.socket()
    first, second = write(writer, place, "bort"), write(writer, place, "kvar")
    for _ in range(2):  # to delete twice is no error and no second change
        assert writer.client.delete(path_of(place, first)).status_code == 204
    event = listener.until("message.deleted")
    assert event == {"type": "message.deleted", "conversation_id": place, "message_id": first["message_id"], "seq": 1,
                     "sent_at": first["sent_at"], "removed": "deleted", "change": 1}
    assert history(reader, place)[1] == {"message_id": first["message_id"], "seq": 1, "sent_at": first["sent_at"],
                                         "removed": "deleted"}
    assert history(reader, place)[0]["message_id"] == second["message_id"]
    problem(writer.client.patch(path_of(place, first), {"text": "tillbaka"}), 409, "message-removed")
    assert last_change(writer, place) == 1
    assert "message.deleted" not in str(listener.received_before_now())


def test_B3_edits_and_deletes_go_over_the_socket_too(pair: tuple[str, Person, Person]) -> None:
    place, writer, reader = pair
    speaker, other, listener = writer.socket(), writer.socket(), reader.socket()
    said = speaker.say(place, "ett")
    ask = {"conversation_id": place, "message_id": said["message_id"]}
    edited = speaker.ask({"type": "message.edit", "text": "två"} | ask)
    assert (edited["type"], edited["text"], edited["change"]) == ("message.edited", "två", 1)
    deleted = speaker.ask({"type": "message.delete"} | ask)
    assert (deleted["type"], deleted["removed"], deleted["change"]) == ("message.deleted", "deleted", 2)
    for socket in (other, listener):
        for answer in (edited, deleted):
            assert socket.until(answer["type"]) == {key: value for key, value in answer.items() if key != "re"}
    assert not [frame for frame in speaker.received_before_now() if frame["type"].startswith("message.")]
    for bad in ({"type": "message.edit"} | ask, {"type": "message.edit", "text": ""} | ask,
                {"type": "message.delete", "text": "x"} | ask, {"type": "message.delete", "message_id": said["message_id"]}):
        assert speaker.ask(bad)["type"] == "error"


def test_B3_only_the_sender_changes_a_message(pair: tuple[str, Person, Person], hire: Hire, david: Person) -> None:
    place, writer, reader = pair
    first = write(writer, place, "mitt")
    for who in (reader, hire(), david):
        for message in (first, {"message_id": ABSENT}):
            problem(who.client.patch(path_of(place, message), {"text": "ditt"}), 404)
            problem(who.client.delete(path_of(place, message)), 404)
    elsewhere = people.conversation(writer, reader, title="Annan")
    problem(writer.client.delete(path_of(elsewhere, first)), 404)
    assert history(reader, place)[0]["text"] == "mitt" and last_change(reader, place) == 0


def test_B3_whoever_left_changes_nothing_any_more(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, title="Rummet")
    mine = write(member, place, "kvar")
    ok(member.client.delete(f"/v1/conversations/{place}/members/{member.user_id}"))
    problem(member.client.patch(path_of(place, mine), {"text": "x"}), 404)
    problem(member.client.delete(path_of(place, mine)), 404)
    ok(owner.client.post(f"/v1/conversations/{place}/members", {"user_ids": [member.user_id]}))
    problem(member.client.delete(path_of(place, mine)), 404)  # from before they came back: they do not see it
    assert history(owner, place)[0]["text"] == "kvar"


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": None}, {"text": 7}, {"text": "x" * 9000}, {"text": "a\u0000b"},
                                  {"text": "x", "seq": 1}])
def test_a_bad_edit_changes_nothing(pair: tuple[str, Person, Person], body: dict[str, Any]) -> None:
    place, writer, _ = pair
    first = write(writer, place, "som det var")
    problem(writer.client.patch(path_of(place, first), body), 400)
    assert history(writer, place)[0]["text"] == "som det var" and last_change(writer, place) == 0


def test_B3_the_text_before_an_edit_is_gone(pair: tuple[str, Person, Person], platform: Platform) -> None:
    place, writer, _ = pair
    message = write(writer, place, "obetänksamt")
    database = Cluster(platform)
    row = f"SELECT encode(text, 'hex') FROM messages WHERE message_id = '{message['message_id']}'"
    before = database.ask("samtal", row)
    ok(writer.client.patch(path_of(place, message), {"text": "eftertänksamt"}), 200)
    after = database.ask("samtal", row)
    assert before != after
    ok(writer.client.delete(path_of(place, message)), 204)
    stub = database.ask("samtal", f"SELECT text IS NULL, edited_at IS NULL FROM messages WHERE message_id = '{message['message_id']}'")
    assert str(stub).count("t") >= 2 and "f" not in str(stub)


def test_J1_a_legal_hold_keeps_what_was_written(pair: tuple[str, Person, Person], platform: Platform) -> None:
    place, writer, reader = pair
    message = write(writer, place, "bevis")
    platform.ctl("hold", "add", "--user", writer.user_id, "--case", "T 1-26")
    problem(writer.client.patch(path_of(place, message), {"text": "inget"}), 409, "legal-hold")
    problem(writer.client.delete(path_of(place, message)), 409, "legal-hold")
    assert history(reader, place)[0]["text"] == "bevis"
    platform.ctl("hold", "release", "--user", writer.user_id, "--case", "T 1-26")
    ok(writer.client.delete(path_of(place, message)), 204)


def test_B3_a_repeat_of_a_message_that_was_edited_is_no_second_message(pair: tuple[str, Person, Person]) -> None:
    place, writer, _ = pair
    body = {"client_message_id": str(uuid.uuid4()), "text": "som det sändes"}
    path = f"/v1/conversations/{place}/messages"
    first = ok(writer.client.post(path, body), 201)
    ok(writer.client.delete(path_of(place, first)), 204)
    assert ok(writer.client.post(path, body), 200) == first
    assert len(history(writer, place)) == 1


def erase(writer: Person, witness: Person) -> None:
    ok(writer.client.post("/v1/reauthenticate", {"password": writer.password}))
    asked = ok(writer.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)
    receipt = {"Authorization": f"Bearer {asked['receipt_token']}"}
    eventually(lambda: ok(witness.client.get(f"/v1/privacy/requests/{asked['request_id']}", headers=receipt),
                          200)["state"] == "done", 60, "the person is erased")


def test_J1_erasure_reaches_those_who_are_connected_before_anything_later(hire: Hire) -> None:
    writer, reader, third = hire(), hire(), hire()
    place = people.conversation(writer, reader, third, title="Snart borta")
    for n in range(3):
        write(writer, place, f"jag finns {n}")
    mine = write(third, place, "jag med")
    device = Device(reader)
    device.connect(place)
    device.pump(5)
    erase(writer, third)
    ok(third.client.patch(path_of(place, mine), {"text": "jag är kvar"}), 200)

    def has_heard_of_the_edit() -> bool:
        device.pump()
        return device.copies[place].messages[4]["text"] == "jag är kvar"

    eventually(has_heard_of_the_edit, 5, "what came after the erasure is told")
    assert differences(device, place) == []
    device.disconnect()
    device.connect()
    device.pump(5)
    assert differences(device, place) == []


def test_J1_erasure_is_told_to_those_who_are_connected(hire: Hire) -> None:
    writer, reader = hire(), hire()
    place = people.conversation(writer, reader, title="Snart borta")
    write(writer, place, "jag finns")
    device = Device(reader)
    device.connect(place)
    device.pump(5)
    erase(writer, reader)

    def is_equal() -> bool:
        device.pump()
        return differences(device, place) == []

    eventually(is_equal, 5, "nothing of the person is left")
    assert device.copies[place].members == {reader.user_id}


def test_J1_erasure_reaches_those_who_were_away(hire: Hire) -> None:
    writer, reader = hire(), hire()
    place = people.conversation(writer, reader, title="Snart borta")
    write(writer, place, "jag finns")
    write(reader, place, "jag med")
    erase(writer, reader)
    socket = reader.socket()
    done = socket.ask({"type": "sync", "positions": {place: {"seq": 2, "change": 0}}})
    stubs = [frame for frame in socket.passed_by if frame["type"] == "message.deleted"]
    assert [(stub["seq"], stub["removed"]) for stub in stubs] == [(1, "erased")]
    described = [frame for frame in socket.passed_by if frame["type"] == "conversation.changed"]
    assert [member["user_id"] for member in described[-1]["members"]] == [reader.user_id]
    assert writer.user_id not in str(socket.passed_by)
    assert done["positions"][place]["change"] == last_change(reader, place)
    assert PROBLEM not in str(done)
