"""What the contract names beyond the first issue. Drop an area from AREAS while nothing implements it."""
from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from support import people
from support.client import Client, items, ok, problem
from support.people import Person
from support.platform import Platform

AREAS = ["members", "typing", "read", "presence", "consent_history", "numbers", "documents"]
Hire = Callable[..., Person]


def area(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(name not in AREAS, reason=f"{name} comes with a later issue")


@pytest.fixture
def room(hire: Hire) -> tuple[str, Person, Person, Person]:
    """A group with its owner, a member and somebody outside."""
    owner, member, outsider = hire(), hire(), hire()
    return people.conversation(owner, member, title="Rummet"), owner, member, outsider


@area("members")
def test_B3_an_owner_adds_and_removes_members(room: tuple[str, Person, Person, Person]) -> None:
    place, owner, member, outsider = room
    path = f"/v1/conversations/{place}/members"
    problem(member.client.post(path, {"user_ids": [outsider.user_id]}), 403, "forbidden")
    ok(owner.client.post(path, {"user_ids": [outsider.user_id]}))
    accepted = outsider.socket().say(place, "tack")
    assert accepted["type"] == "message.accepted"
    problem(member.client.delete(f"{path}/{outsider.user_id}"), 403, "forbidden")
    ok(owner.client.delete(f"{path}/{outsider.user_id}"))
    problem(outsider.client.get(f"/v1/conversations/{place}/messages"), 404)


@area("members")
def test_B3_whoever_leaves_loses_everything_of_the_conversation(room: tuple[str, Person, Person, Person]) -> None:
    place, owner, member, _ = room
    listener = member.socket()
    ok(member.client.delete(f"/v1/conversations/{place}/members/{member.user_id}"))
    owner.socket().say(place, "efter dig")
    for path in (f"/v1/conversations/{place}", f"/v1/conversations/{place}/messages"):
        problem(member.client.get(path), 404)
    body = {"client_message_id": str(uuid.uuid4()), "text": "x"}
    problem(member.client.post(f"/v1/conversations/{place}/messages", body), 404)
    assert listener.say(place, "x")["type"] == "error"
    assert not any(frame["type"] == "message.new" for frame in listener.passed_by)
    assert place not in str(items(member.client.get("/v1/conversations")))


@area("members")
def test_B3_only_colleagues_can_be_added(room: tuple[str, Person, Person, Person], david: Person) -> None:
    place, owner, _, outsider = room
    path = f"/v1/conversations/{place}/members"
    for stranger in (david.user_id, str(uuid.uuid4())):
        problem(owner.client.post(path, {"user_ids": [stranger]}), 404)
    problem(outsider.client.post(path, {"user_ids": [outsider.user_id]}), 404)
    before = ok(owner.client.get(f"/v1/conversations/{place}"), 200)["last_change"]
    ok(owner.client.post(path, {"user_ids": [outsider.user_id]}))
    assert ok(owner.client.get(f"/v1/conversations/{place}"), 200)["last_change"] > before


@area("typing")
def test_B3_typing_reaches_the_members_and_is_never_stored(room: tuple[str, Person, Person, Person]) -> None:
    place, owner, member, outsider = room
    writer, reader = owner.socket(), member.socket()
    writer.send({"type": "typing", "conversation_id": place})
    assert reader.until("typing") == {"type": "typing", "conversation_id": place, "user_id": owner.user_id}
    assert outsider.socket().ask({"type": "typing", "conversation_id": place})["type"] == "error"
    assert items(owner.client.get(f"/v1/conversations/{place}/messages")) == []


@area("read")
def test_B3_what_was_read_is_told_to_the_members(room: tuple[str, Person, Person, Person]) -> None:
    place, owner, member, _ = room
    writer, reader = owner.socket(), member.socket()
    writer.say(place, "läs mig")
    reader.until("message.new")
    reader.send({"type": "conversation.read", "conversation_id": place, "seq": 1})
    assert writer.until("conversation.read") == {"type": "conversation.read", "conversation_id": place, "seq": 1,
                                                 "user_id": member.user_id}
    assert reader.ask({"type": "conversation.read", "conversation_id": place, "seq": 99})["type"] == "error"


@area("presence")
def test_B3_presence_is_shown_to_colleagues_who_watch(hire: Hire, david: Person) -> None:
    shown, watcher = hire(), hire()
    eyes, stranger, me = watcher.socket(), david.socket(), shown.socket()
    for socket in (eyes, stranger):
        socket.send({"type": "presence.watch", "user_ids": [shown.user_id]})
    assert eyes.received_before_now() is not None  # the watch stands before the state changes
    for state in ("busy", "away", "available"):
        me.send({"type": "presence.set", "state": state})
        frame = eyes.until("presence")
        while frame["state"] != state:  # the state at the time of the watch may come first
            frame = eyes.until("presence")
        assert frame == {"type": "presence", "user_id": shown.user_id, "state": state}
    assert not any(frame["type"] == "presence" for frame in stranger.received_before_now())
    assert me.ask({"type": "presence.set", "state": "asleep"})["type"] == "error"


@area("documents")
def test_the_server_describes_itself(anyone: Client) -> None:
    openapi = ok(anyone.get("/openapi.json"), 200)
    assert openapi["openapi"].startswith("3.1")
    assert {"/v1/login", "/v1/me/profile", "/v1/conversations", "/v1/ingest/calls"} <= set(openapi["paths"])
    asyncapi = ok(anyone.get("/asyncapi.json"), 200)
    assert asyncapi["asyncapi"].startswith("3.")
    assert "message.send" in str(asyncapi)


@area("consent_history")
def test_A3_the_history_of_a_choice_is_kept(hire: Hire) -> None:
    who = hire()
    for state in ("refused", "given", "withdrawn"):
        who.consent("marketing", state)
    states = [item["state"] for item in items(who.client.get("/v1/consents/marketing/history"))]
    assert states in (["refused", "given", "withdrawn"], ["withdrawn", "given", "refused"])
    problem(who.client.get("/v1/consents/no_such_purpose/history"), 404)


@area("numbers")
def test_E1_a_number_can_be_added_and_ended(hire: Hire, platform: Platform) -> None:
    who, number = hire(), people.fresh_number()
    given = (who.user_id, "--phone", number)
    platform.ctl("user", "number", "add", *given, "--since", "2026-01-01T00:00:00Z")
    assert sorted(ok(who.client.get("/v1/me/profile"), 200)["phone_numbers"]) == sorted([who.phone, number])
    platform.ctl("user", "number", "end", *given)
    assert ok(who.client.get("/v1/me/profile"), 200)["phone_numbers"] == [who.phone]
