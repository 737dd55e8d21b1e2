"""I6, G2: sessions, their successor tokens and their end."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support import people
from support.client import Client, items, ok, problem, without_instance
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]


def refresh(platform: Platform, token: str) -> dict[str, Any]:
    return ok(Client(platform.url).post("/v1/token/refresh", {"refresh_token": token}), 200)


def pair(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["access_token"], answer["refresh_token"]


def test_G2_a_refresh_token_has_one_successor_pair_until_it_is_used(hire: Hire, platform: Platform) -> None:
    first = hire().tokens
    second = refresh(platform, first["refresh_token"])
    assert set(second) >= {"access_token", "refresh_token", "expires_in"}
    assert pair(second)[1] != first["refresh_token"]
    for _ in range(3):  # a lost reply locks nobody out
        assert pair(refresh(platform, first["refresh_token"])) == pair(second)


def test_G2_parallel_refreshes_get_the_same_pair(hire: Hire, platform: Platform) -> None:
    token = hire().tokens["refresh_token"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: pair(refresh(platform, token)), range(16)))
    assert len(set(answers)) == 1


def test_G2_a_repeat_after_the_access_token_was_used_ends_the_session(hire: Hire, platform: Platform,
                                                                      anyone: Client) -> None:
    who = hire()
    access, renewed = pair(refresh(platform, who.tokens["refresh_token"]))
    live = Client(platform.url, access)
    socket = who.socket(live)
    ok(live.get("/v1/me"), 200)
    problem(anyone.post("/v1/token/refresh", {"refresh_token": who.tokens["refresh_token"]}), 401)
    assert socket.closed() == 4001
    problem(live.get("/v1/me"), 401)
    problem(anyone.post("/v1/token/refresh", {"refresh_token": renewed}), 401)


def test_G2_a_repeat_after_the_refresh_token_was_used_ends_the_session(hire: Hire, platform: Platform,
                                                                       anyone: Client) -> None:
    first = hire().tokens["refresh_token"]
    second = refresh(platform, first)
    third = refresh(platform, second["refresh_token"])
    problem(anyone.post("/v1/token/refresh", {"refresh_token": first}), 401)
    problem(Client(platform.url, third["access_token"]).get("/v1/me"), 401)


def test_G2_the_session_keeps_its_id_through_refreshes(hire: Hire, platform: Platform) -> None:
    who = hire()
    renewed = refresh(platform, who.tokens["refresh_token"])
    listed = items(Client(platform.url, renewed["access_token"]).get("/v1/sessions"))
    assert [item["session_id"] for item in listed] == [who.tokens["session_id"]]


def test_what_is_no_refresh_token_is_refused(anna: Person, anyone: Client) -> None:
    answers = [problem(anyone.post("/v1/token/refresh", {"refresh_token": token}), 401)
               for token in ("nonsense", anna.tokens["access_token"], anna.tokens["refresh_token"][:-4] + "AAAA")]
    assert all(without_instance(answer) == without_instance(answers[0]) for answer in answers)


def test_I6_logout_ends_the_session_and_its_sockets_before_it_answers(hire: Hire, anyone: Client) -> None:
    who, colleague = hire(), hire()
    place = people.conversation(who, colleague)
    sockets = [who.socket(), who.socket()]
    ok(who.client.post("/v1/logout"))
    problem(who.client.get("/v1/me"), 401)
    problem(anyone.post("/v1/token/refresh", {"refresh_token": who.tokens["refresh_token"]}), 401)
    speaker = colleague.socket()
    assert speaker.say(place, "efter utloggningen")["type"] == "message.accepted"
    for socket in sockets:
        assert socket.closed() == 4001
        assert socket.passed_by == []


def test_I6_sessions_are_listed_and_ended_one_by_one(hire: Hire) -> None:
    who = hire()
    other = who.log_in(device={"name": "Surfplattan", "platform": "ios", "app_version": "2.0"})
    listed = {item["session_id"]: item for item in items(who.client.get("/v1/sessions"))}
    assert set(listed) == {who.tokens["session_id"], other["session_id"]}
    assert "Surfplattan" in str(listed[other["session_id"]])
    assert not any(token in str(listed) for token in (other["access_token"], other["refresh_token"]))
    elsewhere = Client(who.platform.url, other["access_token"])
    socket = who.socket(elsewhere)
    ok(who.client.delete(f"/v1/sessions/{other['session_id']}"))
    assert socket.closed() == 4001
    problem(elsewhere.get("/v1/me"), 401)
    ok(who.client.get("/v1/me"), 200)
    problem(who.client.delete(f"/v1/sessions/{other['session_id']}"), 404)


def test_I6_nobody_ends_the_session_of_another(hire: Hire, anna: Person, david: Person) -> None:
    who = hire()
    for stranger in (anna, david):
        problem(stranger.client.delete(f"/v1/sessions/{who.tokens['session_id']}"), 404)
    ok(who.client.get("/v1/me"), 200)


def test_two_logins_are_two_sessions_with_tokens_of_their_own(hire: Hire) -> None:
    who = hire()
    other = who.log_in(remember=True)
    assert other["session_id"] != who.tokens["session_id"]
    assert len({*pair(other), *pair(who.tokens)}) == 4
    ok(who.client.post("/v1/logout"))
    ok(Client(who.platform.url, other["access_token"]).get("/v1/me"), 200)
