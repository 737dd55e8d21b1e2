"""B1, I5: signing in, proving it is still you, and changing the password."""
from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import requests

from support import people
from support.client import Client, ok, problem, without_instance
from support.people import Person
from support.platform import Platform


def attempt(client: Client, username: str, password: str) -> requests.Response:
    return client.post("/v1/login", {"username": username, "password": password})


def test_B1_login_answers_with_a_session_of_fifteen_minutes(anna: Person) -> None:
    answer = anna.log_in(device={"name": "Annas telefon", "platform": "android", "app_version": "1.2.3"})
    assert set(answer) == {"access_token", "refresh_token", "expires_in", "user_id", "session_id"}
    assert answer["expires_in"] == 900
    assert answer["user_id"] == anna.user_id
    me = ok(Client(anna.platform.url, answer["access_token"]).get("/v1/me"), 200)
    assert me["user_id"] == anna.user_id


def test_I5_an_unknown_user_and_a_wrong_password_look_the_same(anna: Person, anyone: Client) -> None:
    wrong = problem(attempt(anyone, anna.username, people.fresh_password()), 401)
    unknown = problem(attempt(anyone, people.fresh_name(), people.fresh_password()), 401)
    assert without_instance(wrong) == without_instance(unknown)


def test_I5_an_unknown_user_and_a_wrong_password_take_the_same(hire: Callable[..., Person], anyone: Client) -> None:
    known, taken = hire(), ([], [])
    for _ in range(14):  # interleaved, and below the account's limit of failures
        for index, name in enumerate((known.username, people.fresh_name())):
            start = time.perf_counter()
            problem(attempt(anyone, name, "fel men tillrackligt langt"), 401)
            taken[index].append(time.perf_counter() - start)
    spread = sum(statistics.variance(sample) / len(sample) for sample in taken)
    assert abs(statistics.mean(taken[0]) - statistics.mean(taken[1])) / math.sqrt(spread) < 4.5


def test_I5_guessing_is_throttled_per_account_with_retry_after(hire: Callable[..., Person], anyone: Client) -> None:
    victim = hire()
    for name in (victim.username, people.fresh_name()):  # throttling does not tell who exists either
        answers = [attempt(anyone, name, "fel men tillrackligt langt") for _ in range(30)]
        assert {answer.status_code for answer in answers} == {401, 429}
        assert int(answers[-1].headers["Retry-After"]) > 0
        problem(answers[-1], 429)


def test_a_device_names_a_known_platform(anna: Person, anyone: Client) -> None:
    body = {"username": anna.username, "password": anna.password}
    for name in ("android", "ios", "windows", "macos", "linux", "web", "other"):
        ok(anyone.post("/v1/login", body | {"device": {"name": "n", "platform": name, "app_version": "1"}}), 200)
    problem(anyone.post("/v1/login", body | {"device": {"name": "n", "platform": "amiga", "app_version": "1"}}), 400)


def test_I5_reauthentication_needs_the_password(hire: Callable[..., Person]) -> None:
    who = hire()
    problem(who.client.post("/v1/reauthenticate", {"password": "fel men tillrackligt langt"}), 401)
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}))
    ok(who.client.get("/v1/me"), 200)


def change_password(who: Person, new: str) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}))
    ok(who.client.post("/v1/me/password", {"current": who.password, "new": new}))


def test_I6_a_new_password_ends_the_other_sessions(hire: Callable[..., Person], anyone: Client) -> None:
    who, new = hire(), people.fresh_password()
    other, here = who.second_client(), who.socket()
    elsewhere = who.socket(other)
    change_password(who, new)
    assert elsewhere.closed() == 4001
    problem(other.get("/v1/me"), 401)
    ok(who.client.get("/v1/me"), 200)
    assert here.received_before_now() == []
    problem(attempt(anyone, who.username, who.password), 401)
    ok(attempt(anyone, who.username, new), 200)


def test_I5_a_password_changes_only_with_the_current_one(hire: Callable[..., Person], anyone: Client) -> None:
    who = hire()
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}))
    wrong = {"current": "fel men tillrackligt langt", "new": people.fresh_password()}
    problem(who.client.post("/v1/me/password", wrong), 401)
    problem(who.client.post("/v1/me/password", {"current": who.password, "new": "for kort"}), 400)
    ok(attempt(anyone, who.username, who.password), 200)


def test_B1_login_does_not_say_more_with_a_token(anna: Person) -> None:
    """A valid bearer token in the header neither helps nor hinders a login."""
    ok(anna.client.post("/v1/login", {"username": anna.username, "password": anna.password}), 200)
    problem(anna.client.post("/v1/login", {"username": anna.username, "password": "fel men langt nog"}), 401)


def test_what_is_personal_is_not_stored_on_the_way(anna: Person, platform: Platform) -> None:
    for path in ("/v1/me", "/v1/me/profile", "/v1/directory?query=Anna", "/v1/conversations", "/v1/calls"):
        assert "no-store" in anna.client.get(path).headers["Cache-Control"]
    answer = Client(platform.url).post("/v1/login", {"username": anna.username, "password": anna.password})
    assert "no-store" in answer.headers["Cache-Control"]
