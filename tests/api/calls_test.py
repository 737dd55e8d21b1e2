"""E1: call records from a switch become history and statistics of the people in the call."""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, all_items, items, ok, problem
from support.dates import EARLIER_WEEK, WEEK, day
from support.people import Person
from support.records import IDS, ingest, record

Hire = Callable[..., Person]


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["accepted"], answer["corrected"], answer["duplicates"], len(answer["rejected"])


def calls(who: Person) -> list[dict[str, Any]]:
    return items(who.client.get("/v1/calls?limit=50"))


def number(party: Any) -> Any:
    return party["number"] if isinstance(party, dict) else party


@pytest.fixture
def pair(hire: Hire) -> tuple[Person, Person]:
    """Two people who want a call history."""
    return hire(consents={"call_history": True}), hire(consents={"call_history": True})


def test_E1_a_record_becomes_history_of_both_people(switch: Client, pair: tuple[Person, Person]) -> None:
    caller, callee = pair
    assert counts(ingest(switch, record(caller.phone, callee.phone))) == (1, 0, 0, 0)
    for who, direction in ((caller, "outgoing"), (callee, "incoming")):
        [call] = calls(who)
        assert set(call) >= {"call_id", "direction", "caller", "callee", "started_at", "duration_s", "talk_s",
                             "outcome"}
        assert (call["direction"], call["duration_s"], call["talk_s"]) == (direction, 70, 60)
        assert (number(call["caller"]), number(call["callee"])) == (caller.phone, callee.phone)
        assert (call["started_at"][:19], call["outcome"]) == (f"{day(2)}T12:00:00", "answered")


def test_E1_nobody_else_sees_a_call(switch: Client, pair: tuple[Person, Person], hire: Hire, david: Person) -> None:
    ingest(switch, record(pair[0].phone, pair[1].phone))
    for stranger in (hire(consents={"call_history": True}), david):
        assert pair[0].phone not in stranger.client.get("/v1/calls?limit=50").text


def test_E1_a_repeat_counts_once_and_a_change_corrects(switch: Client, pair: tuple[Person, Person]) -> None:
    first = record(pair[0].phone, pair[1].phone)
    assert counts(ingest(switch, first, first)) == (1, 0, 1, 0)
    assert counts(ingest(switch, first)) == (0, 0, 1, 0)
    assert counts(ingest(switch, first | {"ended_at": f"{day(2)}T12:02:10Z"})) == (0, 1, 0, 0)
    for who in pair:
        assert [call["talk_s"] for call in calls(who)] == [120]


def test_E1_the_key_of_a_call_belongs_to_its_switch(platform: Any, organisation: str, switch: Client,
                                                    pair: tuple[Person, Person]) -> None:
    made = platform.ctl("switch", "create", "--organisation", organisation, "--name", "Andra växeln")
    first = record(pair[0].phone, pair[1].phone)
    assert counts(ingest(switch, first)) == (1, 0, 0, 0)
    assert counts(ingest(Client(platform.url, made["token"]), first)) == (1, 0, 0, 0)
    assert len(calls(pair[0])) == 2


def test_E1_a_bad_record_harms_no_other(switch: Client, pair: tuple[Person, Person]) -> None:
    batch = [record(pair[0].phone, pair[1].phone, hour=n % 24) for n in range(100)]
    batch[56] = batch[56] | {"outcome": "exploded"}
    answer = ingest(switch, *batch)
    assert counts(answer) == (99, 0, 0, 1)
    assert answer["rejected"][0]["index"] == 56
    assert answer["rejected"][0]["problem"]
    assert len(all_items(pair[0].client, "/v1/calls", 30)) == 99


@pytest.mark.parametrize("change", [
    {"outcome": 7}, {"outcome": None}, {"source_call_id": ""}, {"source_call_id": 7},
    {"caller": {"number": 7}}, {"callee": "x"}, {"started_at": "yesterday"}, {"started_at": 7},
    {"ended_at": f"{day(2)}T11:00:00Z"}, {"answered_at": f"{day(2)}T13:00:00Z"}, {"ended_at": None},
    {"source_call_id": "x" * 65536}, {"started_at": "2026-02-30T12:00:00Z"}])
def test_E1_each_kind_of_bad_record_is_rejected(switch: Client, pair: tuple[Person, Person],
                                                change: dict[str, Any]) -> None:
    answer = ingest(switch, record(pair[0].phone, None) | change, record(pair[0].phone, pair[1].phone))
    assert counts(answer) == (1, 0, 0, 1)
    assert answer["rejected"][0]["index"] == 0


def test_E1_a_batch_that_is_none_is_refused(switch: Client) -> None:
    for body in ({}, "x", 7, {"calls": []}):
        problem(switch.post("/v1/ingest/calls", body), 400)
    too_many = switch.post("/v1/ingest/calls", [{} for _ in range(1001)])
    assert too_many.status_code in (400, 413)
    large = switch.post("/v1/ingest/calls", [record("+46701740605", None, source_call_id="x" * 1000)] * 999 +
                        [record(None, None, source_call_id="y" * 300_000)])
    problem(large, 413)


def test_E1_an_empty_batch_counts_nothing(switch: Client) -> None:
    assert counts(ingest(switch)) == (0, 0, 0, 0)


def test_E1_only_a_switch_token_brings_records(anyone: Client, anna: Person) -> None:
    body = [record(anna.phone, None)]
    problem(anyone.post("/v1/ingest/calls", body), 401)
    problem(Client(anyone.base, "nonsense").post("/v1/ingest/calls", body), 401)
    assert anna.client.post("/v1/ingest/calls", body).status_code in (401, 403)


def test_E1_a_switch_reaches_its_own_organisation_only(switch: Client, foreign_switch: Client,
                                                       pair: tuple[Person, Person], david: Person) -> None:
    before = len(calls(david))
    ingest(foreign_switch, record(pair[0].phone, pair[1].phone))
    ingest(switch, record(david.phone, "+46701740605"))
    assert calls(pair[0]) == [] and calls(pair[1]) == []
    assert len(calls(david)) == before


def test_E1_history_needs_a_standing_consent(hire: Hire, switch: Client) -> None:
    for consents in ({}, {"call_history": False}):
        who = hire(consents=consents)
        for path in ("/v1/calls", f"/v1/calls/statistics?{WEEK}&bucket=day"):
            refusal = problem(who.client.get(path), 403, "consent-required")
            assert refusal["purpose"] == "call_history"


def test_E1_what_came_without_consent_is_not_shown_later(hire: Hire, switch: Client) -> None:
    who = hire(consents={"call_history": False})
    ingest(switch, record(who.phone, None, hour=8))
    who.consent("call_history", "given")
    assert calls(who) == []
    ingest(switch, record(who.phone, None, hour=9))
    assert [call["started_at"][11:13] for call in calls(who)] == ["09"]


def test_J2_a_withdrawal_hides_the_history_at_once(switch: Client, pair: tuple[Person, Person]) -> None:
    who, other = pair
    ingest(switch, record(who.phone, other.phone))
    who.consent("call_history", "withdrawn")
    for path in ("/v1/calls", f"/v1/calls/statistics?{WEEK}&bucket=day"):
        problem(who.client.get(path), 403, "consent-required")
    assert len(calls(other)) == 1  # the other person's choice stands


def test_E1_a_number_counts_from_its_assignment_on(platform: Any, organisation: str, switch: Client) -> None:
    who = people.activate(people.invite(platform, organisation, since=f"{day(2)}T00:00:00Z"),
                          consents={"call_history": True})
    ingest(switch, record(who.phone, None, on=1, hour=23), record(who.phone, None))
    assert [call["started_at"][:10] for call in calls(who)] == [day(2)]


def test_E1_a_hidden_number_stays_hidden(switch: Client, pair: tuple[Person, Person]) -> None:
    ingest(switch, record(None, pair[0].phone))
    [call] = calls(pair[0])
    assert (call["direction"], number(call["caller"])) == ("incoming", None)


def test_E1_statistics_add_up(switch: Client, pair: tuple[Person, Person]) -> None:
    me, other = pair
    ingest(switch, record(me.phone, other.phone, on=1), record(me.phone, other.phone, outcome="busy"),
           record(other.phone, me.phone), record(other.phone, me.phone, outcome="no_answer"),
           record(other.phone, me.phone, on=4, outcome="cancelled"))
    total = {"incoming": 3, "outgoing": 2, "missed": 2, "talk_s": 120}
    for bucket, size in (("day", 7), ("week", 1), ("month", 1)):
        answer = ok(me.client.get(f"/v1/calls/statistics?{WEEK}&bucket={bucket}"), 200)
        assert {key: answer["totals"][key] for key in total} == total
        assert 1 <= len(answer["buckets"]) <= size + 1
        for key in total:
            assert sum(part[key] for part in answer["buckets"]) == total[key]
    days = {part["start"][:10]: part for part in
            ok(me.client.get(f"/v1/calls/statistics?{WEEK}&bucket=day"), 200)["buckets"]}
    assert sum(part["outgoing"] for part in days.values() if part["talk_s"]) >= 1
    empty = ok(me.client.get(f"/v1/calls/statistics?{EARLIER_WEEK}&bucket=day"), 200)
    assert {key: empty["totals"][key] for key in total} == dict.fromkeys(total, 0)


@pytest.mark.parametrize("query", [
    "from=2026-13-01&to=2026-12-31&bucket=day", "from=x&to=2026-01-01&bucket=day", f"{WEEK}&bucket=minute",
    "from=2020-01-01&to=2024-01-01&bucket=day", f"{WEEK}&bucket=", f"from={day(7)}&to={day(0)}&bucket=day",
    f"from={day(0)}T25:00:00Z&to={day(7)}&bucket=day", "from=0000-00-00&to=9999-99-99&bucket=month"])
def test_a_bad_range_of_statistics_is_refused(anna: Person, query: str) -> None:
    problem(anna.client.get(f"/v1/calls/statistics?{query}"), 400)


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=1000000", "cursor=nonsense", "cursor=", "limit=x"])
def test_a_bad_page_of_history_is_refused(anna: Person, query: str) -> None:
    problem(anna.client.get(f"/v1/calls?{query}"), 400)


HOSTILE = ["'; DROP TABLE calls; --", "%s%n%x", "a\r\nX-Evil: 1", "\x1b[31mred", "‮gnp.exe", "{}", "=cmd|' /C'!A0",
           "../../etc/passwd", "<script>alert(1)</script>", "9" * 500]


@pytest.mark.parametrize("text", HOSTILE)
def test_E1_hostile_text_from_a_switch_is_data_or_refused(switch: Client, hire: Hire, text: str) -> None:
    who = hire(consents={"call_history": True})
    answer = ingest(switch, record(text, who.phone), record(who.phone, text, source_call_id=f"{text}{next(IDS)}"),
                    record("+46701740605", who.phone))
    assert answer["accepted"] + len(answer["rejected"]) == 3
    assert 2 not in [refusal["index"] for refusal in answer["rejected"]]
    shown = calls(who)
    assert len(shown) == answer["accepted"]
    assert {number(call["caller"]) for call in shown if call["direction"] == "incoming"} <= {text, "+46701740605"}


def test_G3_one_event_is_one_line_of_log(switch: Client, hire: Hire, platform: Any) -> None:
    who = hire(consents={"call_history": True})
    ingest(switch, record("a\r\n{\"level\":\"forged\"}\n", who.phone))
    for line in (platform.data / "log" / "server.log").read_text().splitlines():
        assert json.loads(line).get("level") != "forged"
