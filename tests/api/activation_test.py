"""B1, A3: becoming a user."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from support import people
from support.client import Client, fields_of, items, ok, problem, without_instance
from support.people import Person
from support.platform import Platform


def test_B1_an_activation_code_works_once(platform: Platform, organisation: str, anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    assert ok(anyone.post("/v1/activation", invitation.body()), 201) == {"user_id": invitation.user_id}
    used = problem(anyone.post("/v1/activation", invitation.body()), 404)
    unknown = problem(anyone.post("/v1/activation", invitation.body(activation_code="x" * len(invitation.code))), 404)
    assert without_instance(used) == without_instance(unknown)


def test_B1_of_parallel_uses_of_a_code_one_succeeds(platform: Platform, organisation: str) -> None:
    invitation = people.invite(platform, organisation)
    bodies = [invitation.body() for _ in range(24)]

    def use(body: dict[str, object]) -> int:
        return Client(platform.url).post("/v1/activation", body).status_code

    with ThreadPoolExecutor(24) as pool:
        answers = sorted(pool.map(use, bodies))
    assert answers.count(201) == 1
    assert set(answers) <= {201, 404, 409, 503}


def test_B1_a_failed_try_leaves_the_code_valid(platform: Platform, organisation: str, anyone: Client,
                                               anna: Person) -> None:
    invitation = people.invite(platform, organisation)
    refused = [(400, None, {"password": "short"}), (400, None, {"username": "ab"}),
               (400, None, {"consents": {"call_history": "yes"}}),
               (409, "notice-outdated", {"acknowledged_notice": "0"}),
               (409, "username-taken", {"username": anna.username})]
    for status, name, change in refused:
        problem(anyone.post("/v1/activation", invitation.body(**change)), status, name)
    ok(anyone.post("/v1/activation", invitation.body()), 201)


def test_B1_a_user_name_is_unique_in_the_deployment_after_folding(platform: Platform, other_organisation: str,
                                                                  anyone: Client, anna: Person) -> None:
    invitation = people.invite(platform, other_organisation)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in anna.username)
    for same in (anna.username, anna.username.upper(), wide):
        problem(anyone.post("/v1/activation", invitation.body(username=same)), 409, "username-taken")


def test_B1_login_folds_the_user_name_too(anna: Person, anyone: Client) -> None:
    body = {"username": anna.username.upper(), "password": anna.password}
    assert ok(anyone.post("/v1/login", body), 200)["user_id"] == anna.user_id


def test_B1_a_user_name_has_3_to_64_characters(platform: Platform, organisation: str, anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    for bad in ("", "ab", "x" * 65, "å" * 65):
        refusal = problem(anyone.post("/v1/activation", invitation.body(username=bad)), 400)
        assert "username" in fields_of(refusal)
    longest = people.fresh_name("ö" * 20).ljust(64, "å")
    ok(anyone.post("/v1/activation", invitation.body(username=longest)), 201)


def test_I5_a_password_has_15_characters_and_is_not_common(platform: Platform, organisation: str,
                                                           anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    for bad in ("", "fjorton tecken", "passwordpassword", "123456789012345"):
        refusal = problem(anyone.post("/v1/activation", invitation.body(password=bad)), 400)
        assert "password" in fields_of(refusal)
    long = "lösenfras utan regler om tecken " + "å" * 32
    ok(anyone.post("/v1/activation", invitation.body(password=long)), 201)


def test_every_member_of_an_activation_is_needed(platform: Platform, organisation: str, anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    for missing in ("activation_code", "username", "password", "acknowledged_notice"):
        body = invitation.body()
        del body[missing]
        assert missing in fields_of(problem(anyone.post("/v1/activation", body), 400))


def test_A3_what_was_not_chosen_at_activation_stays_unset(hire: Callable[..., Person]) -> None:
    newcomer = hire(consents={"call_history": True, "marketing": False})
    states = {item["purpose"]: item["state"] for item in items(newcomer.client.get("/v1/consents"))}
    assert states["call_history"] == "given"
    assert states["marketing"] == "refused"
    assert states["third_party_analytics"] == "unset"
    assert states["partner_sharing"] == "unset"


def test_A3_a_consent_to_what_needs_none_is_refused_at_activation(platform: Platform, organisation: str,
                                                                  anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    for purpose in ("chat_messaging", "no_such_purpose"):
        answer = anyone.post("/v1/activation", invitation.body(consents={purpose: True}))
        problem(answer, answer.status_code)
        assert answer.status_code in (400, 404, 409)
    ok(anyone.post("/v1/activation", invitation.body()), 201)


def test_B1_nobody_logs_in_before_the_activation(platform: Platform, organisation: str, anyone: Client) -> None:
    invitation = people.invite(platform, organisation)
    for name in (invitation.email, invitation.user_id, invitation.phone):
        problem(anyone.post("/v1/login", {"username": name, "password": invitation.code}), 401)
