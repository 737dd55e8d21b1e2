"""E1: what switches send when something is wrong with them. Each record gets a clear answer, and nothing is lost."""
from __future__ import annotations

import datetime
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from support import people, switches
from support.client import ok, problem
from support.people import Person
from support.platform import Platform
from support.switches import Switch, history, sample

Hire = Callable[..., Person]
_ids = itertools.count(int(time.time() * 1000))
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
HOSTILE = ["'; DROP TABLE calls; --", "%s%n%x", "a\r\nX-Evil: 1", "\x1b[31mred", "a\0b", "\u202egnp.exe", "\u0085", "=cmd|' /C'!A0",
           "{" * 60, "9" * 65536]


@pytest.fixture(scope="module")
def pbx(platform: Platform, organisation: str) -> Switch:
    return switches.switch(platform, organisation)


@pytest.fixture
def who(hire: Hire) -> Person:
    return hire(consents={"call_history": True})


def stamp(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def record(who: Person, **changes: Any) -> dict[str, Any]:
    begin = NOW - datetime.timedelta(hours=1)
    return {"source_call_id": f"bad-{next(_ids)}", "caller": {"number": who.phone}, "callee": {"number": None},
            "started_at": stamp(begin), "ended_at": stamp(begin + datetime.timedelta(minutes=1)),
            "outcome": "busy"} | changes


def ingest(pbx: Switch, *records: Any) -> dict[str, Any]:
    said: dict[str, Any] = ok(pbx.client.post("/v1/ingest/calls", list(records)), 200)
    return said


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_E1_a_hostile_number_costs_its_own_record_at_most(pbx: Switch, who: Person, text: str) -> None:
    said = ingest(pbx, record(who, callee={"number": text}), record(who, caller={"number": text}, callee={"number": who.phone}),
                  record(who))
    refused = {one["index"]: one["problem"]["errors"][0]["field"] for one in said["rejected"]}
    assert said["accepted"] + len(refused) == 3
    assert refused in ({}, {0: "callee.number", 1: "caller.number"})
    shown = {call["callee"]["number"] for call in history(who) if call["direction"] == "outgoing"}
    assert shown <= {text, None}, "as it was, or not at all"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_E1_a_hostile_number_in_a_switchs_format_is_data_or_refused(pbx: Switch, who: Person, text: str) -> None:
    for file, send in (("kamailio.json", pbx.kamailio), ("freeswitch_a_leg.json", pbx.freeswitch)):
        escaped = json.dumps(text)[1:-1]
        assert send(sample(file, escaped, who.phone)).status_code in (200, 400)
    row = sample("asterisk_Master.csv", text.replace('"', '""'), who.phone)
    assert pbx.asterisk(row, "text/csv").status_code == 200
    assert {call["caller"]["number"] for call in history(who)} <= {text, None}
    assert ingest(pbx, record(who))["accepted"] == 1


CLOCKS = [  # how far the times are from now, and what is wrong with them
    ({"started_at": "1970-01-01T00:00:00Z", "ended_at": "1970-01-01T00:01:00Z"}, "started_at"),
    ({"started_at": "2100-01-01T00:00:00Z", "ended_at": "2100-01-01T00:01:00Z"}, "started_at"),
    ({"started_at": stamp(NOW), "ended_at": stamp(NOW - datetime.timedelta(minutes=1))}, "ended_at"),
    ({"started_at": stamp(NOW - datetime.timedelta(days=3650)), "ended_at": stamp(NOW)}, "ended_at"),
    ({"answered_at": "2100-01-01T00:00:00Z", "outcome": "answered"}, "answered_at"),
    ({"started_at": stamp(NOW + datetime.timedelta(days=2)), "ended_at": stamp(NOW + datetime.timedelta(days=2))}, "started_at")]


@pytest.mark.parametrize("times, field", CLOCKS, ids=range(len(CLOCKS)))
def test_E1_impossible_times_are_refused_by_name(pbx: Switch, who: Person, times: dict[str, str], field: str) -> None:
    [refused] = ingest(pbx, record(who, **times))["rejected"]
    assert refused["problem"]["errors"][0]["field"] == field
    assert history(who) == []


def test_E1_a_clock_that_is_off_by_hours_leaves_a_mark(pbx: Switch, who: Person) -> None:
    ahead = NOW + datetime.timedelta(hours=3)
    said = ingest(pbx, record(who, started_at=stamp(ahead), ended_at=stamp(ahead + datetime.timedelta(minutes=1))), record(who))
    assert said["accepted"] == 2
    assert [call["clock_off"] for call in history(who)] == [True, False]


def test_E1_the_57th_of_a_batch_is_named_and_the_rest_stands(pbx: Switch, who: Person) -> None:
    batch: list[Any] = [record(who) for _ in range(100)]
    for broken in ({"outcome": "exploded"}, 7, record(who, callee={"number": "a\0b"}), record(who, started_at="\0")):
        batch[56] = record(who) | broken if isinstance(broken, dict) else broken
        said = ingest(pbx, *batch)
        assert [one["index"] for one in said["rejected"]] == [56]
        assert said["accepted"] + said["duplicates"] == 99


def test_E1_a_switch_that_repeats_a_day_changes_nothing(pbx: Switch, who: Person) -> None:
    day = [record(who) for _ in range(500)]
    assert ingest(pbx, *day)["accepted"] == 500
    before = history(who)
    for _ in range(3):
        said = ingest(pbx, *day)
        assert (said["accepted"], said["corrected"], said["duplicates"], said["rejected"]) == (0, 0, 500, [])
    assert history(who) == before
    day[7] = day[7] | {"outcome": "no_answer"}
    assert ingest(pbx, *reversed(day))["corrected"] == 1


def test_E1_another_organisations_switch_brings_nothing_here(platform: Platform, other_organisation: str, who: Person) -> None:
    theirs = switches.switch(platform, other_organisation)
    assert ingest(theirs, record(who))["accepted"] == 1
    for send in (theirs.kamailio(sample("kamailio.json", who.phone, people.fresh_number())),
                 theirs.asterisk(sample("asterisk_Master.csv", who.phone, people.fresh_number()), "text/csv")):
        assert send.status_code == 200
    assert history(who) == []


def test_E1_short_numbers_are_read_by_the_switchs_own_plan(platform: Platform, organisation: str, who: Person) -> None:
    prefix, short = who.phone[:-3], who.phone[-3:]
    pbx = switches.switch(platform, organisation, "--short-prefix", prefix, "--short-digits", "3")
    assert ingest(pbx, record(who, caller={"number": short}))["accepted"] == 1
    assert [call["caller"]["number"] for call in history(who)] == [who.phone]
    for settings in (["--short-prefix", prefix], ["--short-digits", "3"], ["--short-prefix", "4670", "--short-digits", "3"],
                     ["--country-code", "046"]):
        refused = platform.run_ctl("switch", "create", "--organisation", organisation, "--name", "x", *settings)
        assert refused.returncode == 1


@pytest.mark.parametrize("path, kind", [("freeswitch/{}", "application/json"), ("asterisk", "text/csv"), ("kamailio", "application/json")])
def test_E1_a_body_beyond_the_limit_is_refused(pbx: Switch, path: str, kind: str) -> None:
    problem(pbx.post("/v1/ingest/" + path.format(pbx.switch_id), "x" * (1024 * 1024 + 1), kind), 413)
