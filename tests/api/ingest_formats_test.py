"""E1: the formats of switches' own: every record becomes the same history, and nothing but it."""
from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from support import people, switches
from support.client import Client, ok, problem
from support.people import Person
from support.platform import Platform
from support.switches import Switch, forms, history, sample

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def pbx(platform: Platform, organisation: str) -> Switch:
    return switches.switch(platform, organisation)


@pytest.fixture
def pair(hire: Hire) -> tuple[Person, Person]:
    return hire(consents={"call_history": True}), hire(consents={"call_history": True})


def counts(answer: Any) -> tuple[int, int, int, int]:
    said = ok(answer, 200)
    return said["accepted"], said["corrected"], said["duplicates"], len(said["rejected"])


def both_see_one_call(pair: tuple[Person, Person], talk_s: int = 60) -> None:
    for who, direction in zip(pair, ("outgoing", "incoming")):
        [call] = history(who)
        assert (call["direction"], call["outcome"], call["talk_s"]) == (direction, "answered", talk_s)
        assert (call["caller"]["number"], call["callee"]["number"]) == (pair[0].phone, pair[1].phone)
        assert call["clock_off"] is False


@pytest.mark.parametrize("form", ["json", "form", "base64"])
@pytest.mark.parametrize("query", ["?uuid=a_51156b0b", "?node=1?uuid=51156b0b"])
def test_E1_freeswitch_posts_a_leg_in_each_of_its_encodings(pbx: Switch, pair: tuple[Person, Person], form: str,
                                                            query: str) -> None:
    record = sample("freeswitch_a_leg.json", pair[0].phone, pair[1].phone)
    body, kind = forms(record)[form]
    assert counts(pbx.freeswitch(body, kind, query)) == (1, 0, 0, 0)
    both_see_one_call(pair)


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_E1_the_legs_of_freeswitch_are_one_call(pbx: Switch, pair: tuple[Person, Person], order: str) -> None:
    key = people.fresh_name()
    for leg in order:
        record = sample(f"freeswitch_{leg}_leg.json", pair[0].phone, pair[1].phone, key=key)
        assert counts(pbx.freeswitch(record)) == (1, 0, 0, 0)
        assert counts(pbx.freeswitch(record)) == (0, 0, 1, 0)
    [caller], [callee] = history(pair[0]), history(pair[1])
    assert (caller["duration_s"], callee["duration_s"]) == (70, 69), "each sees the leg on their own side"


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_E1_who_did_not_take_the_call_has_missed_it(pbx: Switch, pair: tuple[Person, Person], order: str) -> None:
    """The switch answers for them (voicemail): the caller talked, and the callee's leg rang out."""
    key = people.fresh_name()
    for leg in order:
        record = json.loads(sample(f"freeswitch_{leg}_leg.json", pair[0].phone, pair[1].phone, key=key))
        if leg == "b":
            record["variables"] |= {"answer_epoch": "0", "answer_uepoch": "0", "hangup_cause": "NO_ANSWER"}
        assert counts(pbx.freeswitch(json.dumps(record))) == (1, 0, 0, 0)
    assert [call["outcome"] for call in history(pair[0])] == ["answered"]
    assert [call["outcome"] for call in history(pair[1])] == ["no_answer"]


def test_E1_a_corrected_leg_changes_its_call(pbx: Switch, pair: tuple[Person, Person], hire: Hire) -> None:
    key, other = people.fresh_name(), hire(consents={"call_history": True})
    for leg in "ab":
        pbx.freeswitch(sample(f"freeswitch_{leg}_leg.json", pair[0].phone, pair[1].phone, key=key))
    corrected = sample("freeswitch_b_leg.json", pair[0].phone, other.phone, key=key)
    assert counts(pbx.freeswitch(corrected)) == (0, 1, 0, 0)
    assert history(pair[1]) == []
    assert [call["direction"] for call in history(other)] == ["incoming"]
    assert len(history(pair[0])) == 1


@pytest.mark.parametrize("cause, outcome", [
    ("USER_BUSY", "busy"), ("NO_ANSWER", "no_answer"), ("ORIGINATOR_CANCEL", "cancelled"),
    ("LOSE_RACE", "cancelled"), ("UNALLOCATED_NUMBER", "failed"), ("A_CAUSE_OF_TOMORROW", "failed")])
def test_E1_freeswitch_says_why_a_call_ended(pbx: Switch, pair: tuple[Person, Person], cause: str, outcome: str) -> None:
    record = json.loads(sample("freeswitch_a_leg.json", pair[0].phone, pair[1].phone))
    record["variables"] |= {"answer_epoch": "0", "answer_uepoch": "0", "hangup_cause": cause}
    assert counts(pbx.freeswitch(json.dumps(record))) == (1, 0, 0, 0)
    assert [call["outcome"] for call in history(pair[1])] == [outcome]


def test_E1_an_old_freeswitch_repeats_a_key_and_writes_latin_1(pbx: Switch, pair: tuple[Person, Person]) -> None:
    record = json.loads(sample("freeswitch_a_leg.json", pair[0].phone, pair[1].phone))
    [oldest] = record.pop("callflow")
    transferred = json.loads(json.dumps(oldest).replace(pair[1].phone, "voicemail"))
    text = json.dumps(record)[:-1] + f', "callflow": {json.dumps(transferred)}, "callflow": {json.dumps(oldest)}}}'
    assert counts(pbx.freeswitch(text.replace("Anna Andersson", "Åsa").encode("latin-1"))) == (1, 0, 0, 0)
    both_see_one_call(pair)


def test_E1_a_freeswitch_reports_for_itself_only(pbx: Switch, platform: Platform, organisation: str,
                                                 other_organisation: str, pair: tuple[Person, Person]) -> None:
    record = sample("freeswitch_a_leg.json", pair[0].phone, pair[1].phone)
    for where in (organisation, other_organisation):
        other = switches.switch(platform, where)
        problem(Switch(platform, pbx.switch_id, other.token).freeswitch(record), 404, "not-found")
    problem(Switch(platform, "nonsense", pbx.token).freeswitch(record), 404, "not-found")
    problem(Switch(platform, pbx.switch_id, "nonsense").freeswitch(record), 401)
    assert history(pair[0]) == []


@pytest.mark.parametrize("path", ["calls", "freeswitch/{}", "asterisk", "kamailio", "kamailio/events"])
def test_E1_a_switch_signs_in_with_basic_too(pbx: Switch, platform: Platform, path: str) -> None:
    anyone = Client(platform.url)
    for user, token, known in ((pbx.switch_id, pbx.token, True), (pbx.switch_id, "x", False),
                               ("00000000-0000-7000-8000-000000000000", pbx.token, False)):
        basic = base64.b64encode(f"{user}:{token}".encode()).decode()
        answer = anyone.call("POST", "/v1/ingest/" + path.format(pbx.switch_id), data="[]",
                             headers={"Content-Type": "application/json", "Authorization": f"Basic {basic}"})
        assert (answer.status_code != 401) is known, answer.text
    problem(anyone.call("POST", "/v1/ingest/" + path.format(pbx.switch_id), data="[]",
                        headers={"Content-Type": "application/json"}), 401)


ASTERISK = [("asterisk_cdr_custom.jsonl", "application/json"), ("asterisk_cdr_custom.jsonl", "application/x-ndjson"),
            ("asterisk_Master.csv", "text/csv"), ("asterisk_cdr_custom.csv", "text/csv; charset=utf-8"),
            ("asterisk_ami.txt", "text/plain")]


@pytest.mark.parametrize("file, kind", ASTERISK)
def test_E1_asterisk_writes_in_many_forms(pbx: Switch, pair: tuple[Person, Person], hire: Hire, file: str,
                                          kind: str) -> None:
    text = sample(file, pair[0].phone, pair[1].phone)
    records = 2 if file in ("asterisk_cdr_custom.jsonl", "asterisk_Master.csv") else 1
    assert counts(pbx.asterisk(text, kind)) == (records, 0, 0, 0)
    assert counts(pbx.asterisk(text, kind)) == (0, 0, records, 0)
    both_see_one_call(pair)


def test_E1_an_ami_event_comes_as_json_too(pbx: Switch, pair: tuple[Person, Person]) -> None:
    text = sample("asterisk_ami.txt", pair[0].phone, pair[1].phone).split("\r\n\r\n")[1]
    event = dict(line.split(": ", 1) for line in text.split("\r\n"))
    assert event["Event"] == "Cdr"
    assert counts(pbx.asterisk(json.dumps(event), "application/json")) == (1, 0, 0, 0)
    both_see_one_call(pair)


def test_E1_asterisks_attempts_of_one_call_are_one_call(pbx: Switch, hire: Hire) -> None:
    caller, taker, other = (hire(consents={"call_history": True}) for _ in range(3))
    lines = sample("asterisk_cdr_custom.jsonl", caller.phone, taker.phone, other.phone).splitlines()
    for line in reversed(lines):  # out of order: the attempt that failed comes first
        assert counts(pbx.asterisk(line, "application/json")) == (1, 0, 0, 0)
    assert [(call["outcome"], call["talk_s"]) for call in history(caller)] == [("answered", 60)]
    assert [call["outcome"] for call in history(taker)] == ["answered"]
    assert [call["outcome"] for call in history(other)] == ["no_answer"]


def test_E1_asterisks_clock_on_the_wall_has_a_zone(platform: Platform, organisation: str,
                                                   pair: tuple[Person, Person]) -> None:
    """The same text of a switch in Stockholm and of one that logs in UTC: an hour or two apart."""
    key, times = people.fresh_name(), []
    text = sample("asterisk_cdr_custom.csv", pair[0].phone, pair[1].phone, key=key)
    for settings in ((), ("--time-zone", "Etc/UTC")):
        one = switches.switch(platform, organisation, *settings)
        assert counts(one.asterisk(text, "text/csv")) == (1, 0, 0, 0)
        times = [call["started_at"] for call in history(pair[0])]
    assert len(set(times)) == 2
    assert "1" not in platform.run_ctl("switch", "create", "--organisation", organisation, "--name", "x",
                                       "--time-zone", "Mars/Olympus").stdout


@pytest.mark.parametrize("row", ["a,b,c", ",".join(["x"] * 17), ",".join(["x"] * 40)])
def test_E1_a_bad_row_harms_no_other(pbx: Switch, pair: tuple[Person, Person], row: str) -> None:
    text = sample("asterisk_Master.csv", pair[0].phone, pair[1].phone)
    said = ok(pbx.asterisk(f"{row}\n{text}", "text/csv"), 200)
    assert (said["accepted"], [one["index"] for one in said["rejected"]]) == (2, [0])


def test_E1_kamailio_posts_a_record(pbx: Switch, pair: tuple[Person, Person]) -> None:
    record = sample("kamailio.json", pair[0].phone, pair[1].phone)
    assert counts(pbx.kamailio(record)) == (1, 0, 0, 0)
    assert counts(pbx.kamailio(record)) == (0, 0, 1, 0)
    both_see_one_call(pair)


def test_E1_kamailio_tells_of_calls_under_way_and_nothing_is_stored(pbx: Switch, pair: tuple[Person, Person]) -> None:
    for kind in ("call.started", "call.ringing", "call.answered", "call.ended", "call.failed", "call.of.tomorrow"):
        event = {"type": kind, "at": "1762923102.7", "node": "n", "uuid": people.fresh_name(), "call_id": "c@192.0.2.1",
                 "from": pair[0].phone, "to": pair[1].phone}
        assert pbx.post("/v1/ingest/kamailio/events", json.dumps(event)).status_code == 204
    problem(pbx.post("/v1/ingest/kamailio/events", "{}"), 400)
    assert history(pair[0]) == history(pair[1]) == []


@pytest.mark.parametrize("path, kind", [
    ("freeswitch/{}", "text/xml"), ("freeswitch/{}", "text/csv"), ("asterisk", "application/xml"),
    ("asterisk", "application/x-www-form-urlencoded"), ("kamailio", "text/plain"), ("calls", "text/csv")])
def test_E1_another_content_type_is_refused(pbx: Switch, path: str, kind: str) -> None:
    problem(pbx.post("/v1/ingest/" + path.format(pbx.switch_id), "{}", kind), 415)


@pytest.mark.parametrize("path", ["freeswitch/{}", "asterisk", "kamailio", "kamailio/events"])
@pytest.mark.parametrize("body", ["", "{", "7", "null", '"x"', "{}", "[" * 5000, "cdr=%", "\0"])
def test_E1_what_is_no_record_is_refused(pbx: Switch, path: str, body: str) -> None:
    problem(pbx.post("/v1/ingest/" + path.format(pbx.switch_id), body), 400)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/x-www-form-base64-encoded"])
@pytest.mark.parametrize("body", ["", "x=1", "cdr=", "cdr=!!!", "cdr=%7B", "cdr=%00"])
def test_E1_a_form_without_a_record_is_refused(pbx: Switch, kind: str, body: str) -> None:
    problem(pbx.freeswitch(body, kind), 400)


def test_E1_a_record_that_came_alone_is_refused_by_its_status(pbx: Switch, pair: tuple[Person, Person]) -> None:
    """mod_json_cdr and Kamailio look at nothing else: only 2xx means kept."""
    leg = json.loads(sample("freeswitch_a_leg.json", pair[0].phone, pair[1].phone))
    leg["variables"]["end_uepoch"] = leg["variables"]["end_epoch"] = "5000000"
    said = problem(pbx.freeswitch(json.dumps(leg)), 400)
    assert said["errors"][0]["field"] == "ended_at"
    record = json.loads(sample("kamailio.json", pair[0].phone, pair[1].phone)) | {"started_at": "yesterday"}
    assert problem(pbx.kamailio(json.dumps(record)), 400)["errors"][0]["field"] == "started_at"
    assert history(pair[0]) == []
