"""A3, J2, D1: the notice, and choices per purpose."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, items, ok, problem
from support.people import Person

Hire = Callable[..., Person]
OPT_IN = ("call_history", "marketing", "third_party_analytics", "partner_sharing")


def state(who: Person, purpose: str, headers: dict[str, str] | None = None) -> str:
    listed = items(who.client.get("/v1/consents", headers=headers))
    return {item["purpose"]: item["state"] for item in listed}[purpose]


def test_A3_the_notice_comes_in_swedish_and_english(anyone: Client) -> None:
    notices = {language: ok(anyone.get(f"/v1/notice?language={language}"), 200) for language in ("sv", "en")}
    for language, notice in notices.items():
        assert set(notice) >= {"version", "language", "html", "text"}
        assert notice["language"] == language
        assert len(notice["text"]) > 500 and "<" in notice["html"]
    assert notices["sv"]["version"] == notices["en"]["version"]
    assert notices["sv"]["text"] != notices["en"]["text"]
    assert "Infracom" in notices["sv"]["text"]  # A4: the controller is named
    problem(anyone.get("/v1/notice?language=xx"), 400)


def test_A2_the_notice_names_every_purpose_that_can_be_chosen(anyone: Client, anna: Person) -> None:
    listed = items(anna.client.get("/v1/consents"))
    assert {item["purpose"] for item in listed} >= set(OPT_IN)
    assert "chat_messaging" not in {item["purpose"] for item in listed if item["state"] == "given"}
    assert "all" not in {item["purpose"] for item in listed}


def test_A3_choices_move_between_given_refused_and_withdrawn(hire: Hire) -> None:
    who = hire()
    assert state(who, "call_history") == "unset"
    for wanted in ("refused", "given", "withdrawn", "given"):
        receipt = who.consent("call_history", wanted)
        assert isinstance(receipt, dict) and receipt
        item = next(item for item in items(who.client.get("/v1/consents")) if item["purpose"] == "call_history")
        assert item["state"] == wanted
        assert item["notice_version"] == people.notice_version(who.platform)
        assert item["since"].endswith("Z")


def test_A3_a_choice_is_about_one_purpose_and_one_person(hire: Hire, bo: Person) -> None:
    who = hire()
    before = items(bo.client.get("/v1/consents"))
    who.consent("marketing", "given")
    assert [state(who, purpose) for purpose in OPT_IN] == ["unset", "given", "unset", "unset"]
    assert items(bo.client.get("/v1/consents")) == before


def test_A3_a_choice_under_an_old_notice_is_refused(hire: Hire) -> None:
    who = hire()
    body = {"state": "given", "notice_version": "0"}
    problem(who.client.put("/v1/consents/call_history", body), 409, "notice-outdated")
    assert state(who, "call_history") == "unset"


def test_A3_what_rests_on_no_consent_cannot_be_chosen(hire: Hire) -> None:
    who = hire()
    for purpose in ("account_login", "chat_messaging", "profile_directory"):
        for wanted in ("given", "withdrawn"):
            body = {"state": wanted, "notice_version": people.notice_version(who.platform)}
            problem(who.client.put(f"/v1/consents/{purpose}", body), 409, "not-consent-based")


def test_an_unknown_purpose_is_absent(anna: Person) -> None:
    body = {"state": "given", "notice_version": people.notice_version(anna.platform)}
    for purpose in ("no_such_purpose", "CALL_HISTORY", "..%2F..", "call_history%00"):
        answer = anna.client.put(f"/v1/consents/{purpose}", body)
        problem(answer, answer.status_code)
        assert answer.status_code in (404, 400) and (answer.status_code == 404 or "%" in purpose)


@pytest.mark.parametrize("change", [{"state": "unset"}, {"state": "expired"}, {"state": True}, {"state": None},
                                    {"state": "GIVEN"}, {"notice_version": 7}, {"notice_version": None}, {"x": 1}])
def test_a_malformed_choice_is_refused(anna: Person, change: dict[str, Any]) -> None:
    body = {"state": "given", "notice_version": people.notice_version(anna.platform)} | change
    problem(anna.client.put("/v1/consents/marketing", body), 400)
    assert state(anna, "marketing") == "unset"


def test_D1_global_privacy_control_is_an_objection_to_sharing(hire: Hire) -> None:
    who = hire()
    for purpose in OPT_IN:
        who.consent(purpose, "given")
    control = {"Sec-GPC": "1"}
    assert state(who, "third_party_analytics", control) != "given"
    assert state(who, "partner_sharing", control) != "given"
    assert state(who, "call_history", control) == "given"
    assert state(who, "marketing", control) == "given"


def test_D1_only_the_exact_signal_counts_and_never_as_a_consent(hire: Hire) -> None:
    who = hire()
    who.consent("partner_sharing", "given")
    for value in ("0", "true", "11", ""):
        assert state(who, "partner_sharing", {"Sec-GPC": value}) == "given"
        assert state(who, "third_party_analytics", {"Sec-GPC": value}) == "unset"


def test_A3_a_choice_outlives_the_session(hire: Hire) -> None:
    who = hire()
    who.consent("marketing", "refused")
    later = who.second_client()
    listed = {item["purpose"]: item["state"] for item in items(later.get("/v1/consents"))}
    assert listed["marketing"] == "refused"
