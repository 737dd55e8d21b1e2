"""B3: conversations and the history of their messages, over HTTP."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import all_items, items, ok, problem
from support.people import Person

Hire = Callable[..., Person]


def write(who: Person, place: str, text: str, client_message_id: str | None = None) -> dict[str, Any]:
    body = {"client_message_id": client_message_id or str(uuid.uuid4()), "text": text}
    return ok(who.client.post(f"/v1/conversations/{place}/messages", body), 201)


def history(who: Person, place: str, query: str = "") -> list[dict[str, Any]]:
    return items(who.client.get(f"/v1/conversations/{place}/messages{query}"))


def test_B3_two_people_without_a_title_have_one_conversation(hire: Hire, anna: Person) -> None:
    who = hire()
    made = ok(who.client.post("/v1/conversations", {"member_ids": [anna.user_id]}), 201)["conversation_id"]
    for again, other in ((who, anna), (anna, who)):
        answer = again.client.post("/v1/conversations", {"member_ids": [other.user_id]})
        assert ok(answer, 200)["conversation_id"] == made


def test_B3_a_title_makes_a_new_conversation_each_time(anna: Person, bo: Person) -> None:
    body = {"member_ids": [bo.user_id], "title": "Planering"}
    made = {ok(anna.client.post("/v1/conversations", body), 201)["conversation_id"] for _ in range(2)}
    assert len(made) == 2


def test_B3_a_conversation_with_somebody_who_is_no_colleague_is_refused(anna: Person, bo: Person,
                                                                        david: Person) -> None:
    absent = str(uuid.uuid4())
    for members in ([david.user_id], [bo.user_id, david.user_id], [absent]):
        problem(anna.client.post("/v1/conversations", {"member_ids": members, "title": "Nej"}), 404)


@pytest.mark.parametrize("body", [
    {}, {"member_ids": None}, {"member_ids": "x"}, {"member_ids": [1]}, {"member_ids": [[]]}, {"member_ids": {}},
    {"member_ids": [], "title": 7}, {"members": []}, {"member_ids": [], "colour": "red"}, [], None, "x"])
def test_a_malformed_conversation_is_refused(anna: Person, body: Any) -> None:
    problem(anna.client.call("POST", "/v1/conversations", json=body) if body is not None else
            anna.client.call("POST", "/v1/conversations", data="null",
                             headers={"Content-Type": "application/json"}), 400)


def test_B3_conversations_are_listed_with_their_state(hire: Hire, bo: Person) -> None:
    who = hire()
    places = [people.conversation(who, bo, title=f"Ämne {n}") for n in range(5)]
    write(who, places[3], "hej")
    write(bo, places[3], "hej hej")
    listed = {item["conversation_id"]: item for item in all_items(who.client, "/v1/conversations", 2)}
    assert set(listed) == set(places)
    for place, last in ((places[3], 2), (places[0], 0)):
        one = ok(who.client.get(f"/v1/conversations/{place}"), 200)
        assert one["last_seq"] == listed[place]["last_seq"] == last
        assert one["conversation_id"] == place
        assert all(isinstance(one[key], int) for key in ("first_seq", "last_seq", "last_change"))
        assert one["title"] == f"Ämne {places.index(place)}"


def test_B3_a_message_is_answered_with_its_place(hire: Hire, anna: Person) -> None:
    who = hire()
    place = people.conversation(who, anna)
    first, second = write(who, place, "ett"), write(anna, place, "två 🎈 ‮")
    assert set(first) >= {"conversation_id", "message_id", "seq", "sent_at"}
    assert (first["conversation_id"], first["seq"], second["seq"]) == (place, 1, 2)
    newest, oldest = history(anna, place)
    assert newest == {"message_id": second["message_id"], "seq": 2, "sender_id": anna.user_id,
                      "sent_at": second["sent_at"], "text": "två 🎈 ‮"}
    assert (oldest["text"], oldest["sender_id"]) == ("ett", who.user_id)
    assert oldest["sent_at"].endswith("Z")


def test_B3_a_repeated_message_is_no_second_message(hire: Hire, anna: Person) -> None:
    who = hire()
    place, same = people.conversation(who, anna), str(uuid.uuid4())
    path, body = f"/v1/conversations/{place}/messages", {"client_message_id": same, "text": "en gång"}
    first = ok(who.client.post(path, body), 201)
    assert ok(who.client.post(path, body), 200) == first
    problem(who.client.post(path, body | {"text": "annat"}), 409, "message-id-reused")
    assert ok(anna.client.post(path, body), 201)["seq"] == 2  # the scope is sender and conversation
    elsewhere = people.conversation(who, anna, title="Annanstans")
    assert ok(who.client.post(f"/v1/conversations/{elsewhere}/messages", body), 201)["seq"] == 1
    assert [item["seq"] for item in history(who, place)] == [2, 1]


def test_B3_history_pages_backwards_without_gaps(hire: Hire, bo: Person) -> None:
    who = hire()
    place = people.conversation(who, bo)
    for n in range(1, 24):
        write(who, place, f"rad {n}")
    seen: list[int] = []
    page = history(who, place, "?limit=5")
    while page:
        assert len(page) <= 5
        assert all(item["text"] == f"rad {item['seq']}" for item in page)
        seen += [item["seq"] for item in page]
        page = history(who, place, f"?limit=5&before_seq={seen[-1]}")
    assert seen == list(range(23, 0, -1))
    assert [item["seq"] for item in history(bo, place, "?limit=3&before_seq=10")] == [9, 8, 7]


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1000000", "limit=1.5", "limit=",
                                   "before_seq=x", "before_seq=-1", "before_seq=18446744073709551616",
                                   "before_seq=1e3", "limit=5&limit=6"])
def test_a_bad_page_is_refused(anna: Person, bo: Person, query: str) -> None:
    place = people.conversation(anna, bo)
    problem(anna.client.get(f"/v1/conversations/{place}/messages?{query}"), 400)


@pytest.mark.parametrize("change", [
    {"text": ""}, {"text": None}, {"text": 7}, {"text": "a\u0000b"}, {"text": "x" * 65536}, {"text": ["x"]},
    {"client_message_id": "no uuid"}, {"client_message_id": ""}, {"client_message_id": None},
    {"client_message_id": 7}, {"seq": 7}, {"sender_id": "x"}])
def test_a_bad_message_is_refused_and_takes_no_place(hire: Hire, anna: Person, change: dict[str, Any]) -> None:
    place = people.conversation(anna, hire(), title="Tomt")
    body = {"client_message_id": str(uuid.uuid4()), "text": "x"} | change
    problem(anna.client.post(f"/v1/conversations/{place}/messages", body), 400)
    assert history(anna, place) == []
    assert write(anna, place, "först")["seq"] == 1


def test_B3_a_colleague_who_is_no_member_sees_nothing(anna: Person, bo: Person, cecilia: Person) -> None:
    place = people.conversation(anna, bo, title="Bara vi")
    write(anna, place, "mellan oss")
    for path in (f"/v1/conversations/{place}", f"/v1/conversations/{place}/messages"):
        problem(cecilia.client.get(path), 404)
    body = {"client_message_id": str(uuid.uuid4()), "text": "får jag?"}
    problem(cecilia.client.post(f"/v1/conversations/{place}/messages", body), 404)
    assert place not in str(items(cecilia.client.get("/v1/conversations?limit=50")))
    assert len(history(bo, place)) == 1
