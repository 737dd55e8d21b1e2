"""B1, I6: a forgotten password, through the mail."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from support import people
from support.client import Client, ok, problem
from support.mail import letters_to, mailed_code
from support.people import Person
from support.platform import Platform, eventually


def reset_code(who: Person) -> str:
    """Asks for a reset and takes the code from the mail."""
    before = len(letters_to(who.platform, who.email))
    answer = Client(who.platform.url).post("/v1/password-reset", {"username": who.username})
    assert answer.status_code == 202
    return mailed_code(who.platform, who.email, "password-reset", before)


def confirm(platform: Platform, code: str, password: str) -> int:
    return Client(platform.url).post("/v1/password-reset/confirm", {"code": code, "password": password}).status_code


def test_B1_a_mailed_link_sets_a_new_password_and_ends_every_session(hire: Callable[..., Person],
                                                                     anyone: Client) -> None:
    who, new = hire(), people.fresh_password()
    socket, code = who.socket(), reset_code(who)
    ok(anyone.post("/v1/password-reset/confirm", {"code": code, "password": new}))
    assert socket.closed() == 4001
    problem(who.client.get("/v1/me"), 401)
    problem(anyone.post("/v1/token/refresh", {"refresh_token": who.tokens["refresh_token"]}), 401)
    problem(anyone.post("/v1/login", {"username": who.username, "password": who.password}), 401)
    ok(anyone.post("/v1/login", {"username": who.username, "password": new}), 200)


def test_I6_a_mailed_link_works_once_even_in_parallel(hire: Callable[..., Person], platform: Platform) -> None:
    code = reset_code(hire())
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: confirm(platform, code, people.fresh_password()), range(12)))
    assert sum(200 <= answer < 300 for answer in answers) == 1
    assert all(answer < 500 or answer == 503 for answer in answers)
    assert 400 <= confirm(platform, code, people.fresh_password()) < 500


def test_I5_a_bad_new_password_leaves_the_link_valid(hire: Callable[..., Person], platform: Platform) -> None:
    code = reset_code(hire())
    assert confirm(platform, code, "for kort") == 400
    assert 200 <= confirm(platform, code, people.fresh_password()) < 300


def test_I5_asking_for_a_reset_does_not_tell_who_exists(anna: Person, anyone: Client, platform: Platform) -> None:
    known = anyone.post("/v1/password-reset", {"username": anna.username})
    unknown = anyone.post("/v1/password-reset", {"username": people.fresh_name()})
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    eventually(lambda: letters_to(platform, anna.email), 15, "the mail to the one who exists")
    ok(anna.client.get("/v1/me"), 200)  # asking alone ends nothing


def test_an_unknown_reset_code_is_refused(platform: Platform) -> None:
    assert 400 <= confirm(platform, "x" * 43, people.fresh_password()) < 500


def test_I6_the_mail_carries_no_content(hire: Callable[..., Person], platform: Platform) -> None:
    who = hire(given_name="Hemligfornamn", family_name="Hemligefternamn")
    reset_code(who)
    letter = "".join(letters_to(platform, who.email))
    for secret in (who.password, who.given_name, who.family_name, who.phone, who.username):
        assert secret not in letter
