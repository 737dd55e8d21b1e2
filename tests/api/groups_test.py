"""B3: who is in a conversation, what they may see, how far they have read, and how they hear of it."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import items, ok, problem
from support.live import LiveSocket
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]


def write(who: Person, place: str, text: str = "x") -> dict[str, Any]:
    body = {"client_message_id": str(uuid.uuid4()), "text": text}
    return ok(who.client.post(f"/v1/conversations/{place}/messages", body), 201)


def find(who: Person, place: str) -> dict[str, Any]:
    return ok(who.client.get(f"/v1/conversations/{place}"), 200)


def members_path(place: str, *who: Person) -> str:
    return f"/v1/conversations/{place}/members" + "".join(f"/{one.user_id}" for one in who)


def sync(socket: LiveSocket, place: str, seq: int, change: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    socket.passed_by = []
    done = socket.ask({"type": "sync", "positions": {place: {"seq": seq, "change": change}}})
    assert done["type"] == "sync.done", done
    return socket.passed_by, done


def roles(who: Person, place: str) -> dict[str, str]:
    return {member["user_id"]: member["role"] for member in find(who, place)["members"]}


def test_B3_an_owner_changes_the_title_and_members_hear_of_it(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, title="Gammal")
    listener = member.socket()
    problem(member.client.patch(f"/v1/conversations/{place}", {"title": "Min"}), 403, "forbidden")
    assert owner.client.patch(f"/v1/conversations/{place}", {"title": "Ny"}).status_code == 204
    assert listener.until("conversation.changed") == {"type": "conversation.changed", "conversation_id": place, "change": 1,
                                                      "title": "Ny"}
    assert find(member, place)["title"] == "Ny"
    ok(owner.client.patch(f"/v1/conversations/{place}", {"title": None}), 204)
    assert find(member, place)["title"] is None
    for body in ({}, {"title": ""}, {"title": "x" * 201}, {"title": 7}, {"title": "x", "y": 1}):
        problem(owner.client.patch(f"/v1/conversations/{place}", body), 400)
    problem(hire().client.patch(f"/v1/conversations/{place}", {"title": "Er"}), 404)
    direct = people.conversation(owner, member)
    problem(owner.client.patch(f"/v1/conversations/{direct}", {"title": "Vi"}), 409)


def test_B3_a_newcomer_sees_what_is_said_from_then_on(hire: Hire) -> None:
    owner, member, newcomer = hire(), hire(), hire()
    place = people.conversation(owner, member, title="Sluten")
    before = [write(owner, place, f"före {n}") for n in range(3)]
    ears = newcomer.socket()
    ok(owner.client.post(members_path(place), {"user_ids": [newcomer.user_id]}))
    assert ears.until("member.added") == {"type": "member.added", "conversation_id": place, "change": 1,
                                          "user_ids": [newcomer.user_id]}
    after = write(owner, place, "efter")
    assert ears.until("message.new")["text"] == "efter"
    assert [item["text"] for item in items(newcomer.client.get(f"/v1/conversations/{place}/messages"))] == ["efter"]
    found = find(newcomer, place)
    assert (found["first_seq"], found["last_seq"], found["unread_count"]) == (4, 4, 1)
    assert found["last_message"]["message_id"] == after["message_id"]
    ok(owner.client.patch(f"/v1/conversations/{place}/messages/{before[0]['message_id']}", {"text": "ändrat före"}), 200)
    events, done = sync(newcomer.socket(), place, 0, 0)
    assert [event["text"] for event in events if event["type"].startswith("message.")] == ["efter"]
    assert done["positions"][place] == {"seq": 4, "change": 2, "first_seq": 4}
    assert "före" not in str(events)
    assert find(member, place)["first_seq"] == 1


def test_B3_the_oldest_member_becomes_owner_when_the_last_owner_leaves(hire: Hire) -> None:
    owner, late, later = hire(), hire(), hire()
    place = people.conversation(owner, hire(), title="Arvet")
    early = next(user for user, role in roles(owner, place).items() if role == "member")
    for one in (late, later):
        ok(owner.client.post(members_path(place), {"user_ids": [one.user_id]}))
    listener = late.socket()
    ok(owner.client.delete(members_path(place, owner)))
    assert listener.until("member.removed") == {"type": "member.removed", "conversation_id": place, "change": 3,
                                                "user_id": owner.user_id, "new_owner_id": early}
    assert roles(late, place) == {early: "owner", late.user_id: "member", later.user_id: "member"}


def test_B3_whoever_is_removed_hears_that_and_nothing_more(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, hire(), title="Ut")
    ears = member.socket()
    ok(owner.client.delete(members_path(place, member)))
    write(owner, place, "utan dig")
    assert ears.until("member.removed")["user_id"] == member.user_id
    assert "utan dig" not in str(ears.received_before_now())
    events, done = sync(ears, place, 0, 0)
    assert events == [] and done["positions"] == {}


def test_B3_adding_twice_counts_once(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, title="Dubbelt")
    for _ in range(2):
        ok(owner.client.post(members_path(place), {"user_ids": [member.user_id, member.user_id]}))
    assert find(owner, place)["last_change"] == 0


def test_B3_whoever_was_away_gets_title_and_members_as_they_are_now(hire: Hire) -> None:
    owner, member, third = hire(), hire(), hire()
    place = people.conversation(owner, member, title="Ett")
    message = write(owner, place, "hej")
    ok(owner.client.post(members_path(place), {"user_ids": [third.user_id]}))
    ok(owner.client.patch(f"/v1/conversations/{place}", {"title": "Två"}))
    ok(owner.client.patch(f"/v1/conversations/{place}/messages/{message['message_id']}", {"text": "hej hej"}))
    write(third, place, "tack")
    events, done = sync(member.socket(), place, 1, 0)
    assert [(event["type"], event.get("change")) for event in events] == [
        ("conversation.changed", 2), ("message.edited", 3), ("message.new", None)]
    assert events[0]["title"] == "Två"
    assert {one["user_id"] for one in events[0]["members"]} == {owner.user_id, member.user_id, third.user_id}
    assert done["positions"][place] == {"seq": 2, "change": 3, "first_seq": 1}
    assert sync(member.socket(), place, 2, 3)[0] == []


def test_B3_what_was_read_stays_read_on_every_device(hire: Hire) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member)
    for n in range(4):
        write(owner, place, f"{n}")
    write(member, place, "eget")
    assert find(member, place)["unread_count"] == 4
    first, second = member.socket(), member.socket()
    for seq in (3, 2):  # it only moves forward
        first.send({"type": "conversation.read", "conversation_id": place, "seq": seq})
        assert second.until("conversation.read")["seq"] == seq
    assert (find(member, place)["unread_count"], find(member, place)["last_read_seq"]) == (1, 3)
    listed = next(one for one in items(member.client.get("/v1/conversations")) if one["conversation_id"] == place)
    assert (listed["unread_count"], listed["last_read_seq"], listed["last_message"]["text"]) == (1, 3, "eget")
    assert find(owner, place)["last_read_seq"] == 0  # their own, not the other's
    assert find(owner, place)["unread_count"] == 1


def test_B3_in_a_large_conversation_only_the_own_devices_hear_what_was_read(hire: Hire, platform: Platform) -> None:
    owner, member = hire(), hire()
    place = people.conversation(owner, member, title="Stor")
    write(owner, place)
    crowd = people.colleagues_without_sessions(platform, owner, 99)
    ok(owner.client.post(members_path(place), {"user_ids": crowd}))
    mine, theirs, reader = member.socket(), owner.socket(), member.socket()
    reader.send({"type": "conversation.read", "conversation_id": place, "seq": 1})
    assert mine.until("conversation.read")["user_id"] == member.user_id
    assert reader.received_before_now() == []
    assert "conversation.read" not in str(theirs.received_before_now())
    assert find(member, place)["last_read_seq"] == 1


def test_B3_a_conversation_of_5000_members_works_and_takes_no_more(hire: Hire, platform: Platform) -> None:
    owner, member = hire(), hire()
    crowd = people.colleagues_without_sessions(platform, owner, 4999)
    body = {"member_ids": [*crowd[:4998], member.user_id], "title": "Alla"}
    place = ok(owner.client.post("/v1/conversations", body), 201)["conversation_id"]
    problem(owner.client.post(members_path(place), {"user_ids": crowd[4998:]}), 400)
    assert len(find(member, place)["members"]) == 5000
    ears = member.socket()
    said = owner.socket().say(place, "till alla")
    assert ears.until("message.new")["message_id"] == said["message_id"]
    ok(owner.client.patch(f"/v1/conversations/{place}/messages/{said['message_id']}", {"text": "till er"}), 200)
    assert ears.until("message.edited")["text"] == "till er"
    ok(owner.client.patch(f"/v1/conversations/{place}", {"title": "Hela bolaget"}), 204)
    events, _ = sync(member.socket(), place, 1, 0)
    described = next(event for event in events if event["type"] == "conversation.changed")
    assert described["title"] == "Hela bolaget" and "members" not in described  # too many for a frame: GET tells them
    ok(owner.client.delete(members_path(place, member)))
    problem(owner.client.post("/v1/conversations", {"member_ids": [*crowd, member.user_id], "title": "För många"}), 400)
    for _ in range(2):
        ok(owner.client.post("/v1/conversations", body), 201)
    newest = ok(owner.client.get("/v1/conversations?limit=50"))
    assert [len(one["members"]) for one in newest["items"]] == [5000, 5000], "a page is bounded in members too"
    older = ok(owner.client.get("/v1/conversations?limit=50", params={"cursor": newest["next_cursor"]}))
    assert [len(one["members"]) for one in older["items"]] == [4999] and older["next_cursor"] is None
    started = ok(owner.client.get("/v1/start"))["conversations"]
    assert len(started["items"]) == 2 and started["next_cursor"] == newest["next_cursor"]


def test_B3_whoever_is_taken_into_a_new_conversation_hears_of_it(hire: Hire) -> None:
    owner, member = hire(), hire()
    ears = member.socket()
    place = people.conversation(owner, member, title="Ny")
    event = ears.until("member.added")
    assert (event["conversation_id"], event["change"]) == (place, 0)
    assert sorted(event["user_ids"]) == sorted([owner.user_id, member.user_id])


def test_B3_whoever_comes_back_to_a_conversation_of_two_is_announced(hire: Hire) -> None:
    one, other = hire(), hire()
    place = people.conversation(one, other)
    ok(other.client.delete(members_path(place, other)))
    ears = one.socket()
    assert people.conversation(other, one) == place
    event = ears.until("member.added")
    assert (event["conversation_id"], event["change"], event["user_ids"]) == (place, 2, [other.user_id])


def test_B3_a_stranger_signals_nothing_to_a_large_conversation(hire: Hire, platform: Platform) -> None:
    owner, stranger = hire(), hire()
    place = people.conversation(owner, hire(), title="Stor")
    ok(owner.client.post(members_path(place), {"user_ids": people.colleagues_without_sessions(platform, owner, 120)}))
    socket = stranger.socket()
    for frame in ({"type": "typing"}, {"type": "conversation.read", "seq": 0}):
        answers = [socket.ask(frame | {"conversation_id": one}) for one in (place, str(uuid.uuid4()))]
        assert [answer["problem"]["type"] for answer in answers] == ["urn:samtal:problem:not-found"] * 2


@pytest.mark.parametrize("method, path", [("PATCH", ""), ("POST", "/members"), ("DELETE", "/members/{user}"),
                                          ("PATCH", "/messages/{message}"), ("DELETE", "/messages/{message}")])
def test_B3_a_stranger_cannot_tell_a_conversation_from_none(anna: Person, bo: Person, cecilia: Person, method: str,
                                                           path: str) -> None:
    place, absent = people.conversation(anna, bo, title="Vår"), "018f0000-0000-7000-8000-000000000000"
    message = write(anna, place)["message_id"]
    body = {"PATCH": {"title": "x"} if path == "" else {"text": "x"}, "POST": {"user_ids": [cecilia.user_id]}}.get(method)
    documents = []
    for one in (place, absent):
        where = f"/v1/conversations/{one}" + path.format(user=bo.user_id, message=message)
        documents.append({key: value for key, value in problem(cecilia.client.call(method, where, json=body), 404).items()
                          if key != "instance"})
    assert documents[0] == documents[1]
