"""A3, J2, D1: the notice, and choices per purpose."""
from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.choices import choose, item, state
from support.client import Client, all_items, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import Platform

Hire = Callable[..., Person]
OPT_IN = ("call_history", "marketing", "third_party_analytics", "partner_sharing")


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


def test_I4_a_consent_to_transfer_is_off_until_given_and_can_be_withdrawn(hire: Hire) -> None:
    who = hire()
    assert state(who, "transfer_outside_eea") == "unset"
    who.consent("transfer_outside_eea", "given")
    who.consent("transfer_outside_eea", "withdrawn")
    assert state(who, "transfer_outside_eea") == "withdrawn"


def test_J2_a_withdrawal_holds_for_every_later_read(hire: Hire) -> None:
    who = hire(consents={"call_history": True})
    for _ in range(20):
        ok(who.client.get("/v1/calls"), 200)
        who.consent("call_history", "withdrawn")
        refused = problem(who.client.get("/v1/calls"), 403, "consent-required")
        assert refused["purpose"] == "call_history"
        who.consent("call_history", "given")


def test_A3_history_comes_in_the_order_of_the_acts_page_by_page(hire: Hire) -> None:
    who = hire()
    for wanted in ("given", "withdrawn", "given", "refused", "given"):
        who.consent("marketing", wanted)
    acts = all_items(who.client, "/v1/consents/marketing/history", 2)
    assert [act["state"] for act in acts] == ["given", "withdrawn", "given", "refused", "given"]
    assert [act["sequence"] for act in acts] == [1, 2, 3, 4, 5]
    problem(who.client.get("/v1/consents/marketing/history?cursor=x"), 400)


def test_A3_the_state_of_any_past_time_can_be_told(hire: Hire) -> None:
    who = hire()
    times = []
    for wanted in ("given", "withdrawn", "refused"):
        who.consent("marketing", wanted)
        times.append(item(who, "marketing")["since"])
    assert item(who, "marketing", "?at=2020-01-01")["state"] == "unset"
    assert item(who, "marketing", "?at=" + times[2])["state"] == "refused"
    assert item(who, "marketing", "?at=" + times[0])["state"] == "given"
    later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    problem(who.client.get("/v1/consents?at=" + later), 400)
    problem(who.client.get("/v1/consents?at=yesterday"), 400)


def test_A3_changed_terms_end_a_consent_and_ask_anew(hire: Hire, platform: Platform) -> None:
    who = hire(consents={"call_history": True})
    assert item(who, "call_history")["ask"] is False
    Cluster(platform).ask("samtal", f"""SET ROLE samtal_owner; UPDATE consent_state SET terms_hash = sha256('earlier')
        WHERE user_id = '{who.user_id}';""")
    assert item(who, "call_history")["state"] == "expired" and item(who, "call_history")["ask"] is True
    problem(who.client.get("/v1/calls"), 403, "consent-required")
    who.consent("call_history", "given")
    assert item(who, "call_history")["state"] == "given"
    ok(who.client.get("/v1/calls"), 200)


def test_A3_nobody_is_asked_again_soon_after_a_refusal(hire: Hire, platform: Platform) -> None:
    who = hire()
    assert item(who, "marketing")["ask"] is True
    who.consent("marketing", "refused")
    assert item(who, "marketing")["ask"] is False
    Cluster(platform).ask("samtal", f"""SET ROLE samtal_owner; UPDATE consent_state SET since = since - interval '185 days'
        WHERE user_id = '{who.user_id}';""")
    assert item(who, "marketing")["ask"] is True


def test_A3_a_new_notice_asks_to_be_acknowledged(hire: Hire, platform: Platform) -> None:
    who = hire()
    version = people.notice_version(platform)
    assert ok(who.client.get("/v1/consents"), 200)["notice"]["acknowledged_at"]
    Cluster(platform).ask("samtal", f"""SET ROLE samtal_owner; UPDATE acknowledgements SET notice_version = 'earlier'
        WHERE user_id = '{who.user_id}';""")
    assert ok(who.client.get("/v1/consents"), 200)["notice"] == {"version": version, "acknowledged_at": None}
    problem(who.client.post("/v1/notice/acknowledgements", {"version": "earlier"}), 409, "notice-outdated")
    problem(who.client.post("/v1/notice/acknowledgements", {}), 400)
    done = ok(who.client.post("/v1/notice/acknowledgements", {"version": version}))
    assert ok(who.client.post("/v1/notice/acknowledgements", {"version": version})) == done
    assert ok(who.client.get("/v1/consents"), 200)["notice"] == done


def test_D1_no_consent_to_sharing_is_taken_together_with_an_objection(hire: Hire) -> None:
    who = hire()
    control = {"Sec-GPC": "1"}
    problem(choose(who, "partner_sharing", "given", control), 409, "privacy-control")
    assert state(who, "partner_sharing") == "unset"
    assert item(who, "partner_sharing", headers=control)["ask"] is False
    ok(choose(who, "marketing", "given", control))
    ok(choose(who, "partner_sharing", "given", {"Sec-GPC": "true"}))
    ok(choose(who, "partner_sharing", "withdrawn", control))


def test_D1_nor_at_activation(platform: Platform, organisation: str, anyone: Client) -> None:
    invited = people.invite(platform, organisation)
    body = invited.body(consents={"partner_sharing": True})
    problem(anyone.post("/v1/activation", body, headers={"Sec-GPC": "1"}), 409, "privacy-control")
    ok(anyone.post("/v1/activation", body), 201)


def test_A3_a_child_under_13_needs_a_guardian(hire: Hire) -> None:
    who = hire()
    refused = problem(choose(who, "marketing", "given", age=12), 403, "forbidden")
    assert "guardian" in refused["detail"]
    assert items(who.client.get("/v1/consents/marketing/history")) == []
    ok(choose(who, "marketing", "refused", age=12))
    assert ok(choose(who, "marketing", "given", age=12, guardian=True))["receipt"]["given_by"] == "guardian"
    assert ok(choose(who, "marketing", "given", age=13))["receipt"]["given_by"] == "pii_principal"


@pytest.mark.parametrize("more", [{"age": -1}, {"age": "12"}, {"age": 12.5}, {"guardian": "yes"}, {"language": "de"},
                                  {"control": "Anna"}, {"channel": "fax"}, {"app_version": "a b"}, {"shown_at": "soon"}])
def test_a_malformed_circumstance_is_refused(anna: Person, more: dict[str, Any]) -> None:
    problem(choose(anna, "marketing", "given", **more), 400)


