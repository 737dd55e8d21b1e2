"""E1: one's calls, counted in one's own time zone and by who was on the other side."""
from __future__ import annotations

import datetime
import urllib.parse
import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest

from support.client import Client, all_items, fields_of, ok, problem
from support.database import Cluster
from support.dates import EARLIER_WEEK, WEEK, day
from support.people import Person
from support.platform import Platform
from support.records import ingest, record

Hire = Callable[..., Person]
FIGURES = ["incoming", "outgoing", "answered", "missed", "talk_s", "longest_s"]
OUTSIDE = "+46317740605"


@pytest.fixture
def me(hire: Hire) -> Person:
    return hire(consents={"call_history": True})


def statistics(who: Person, query: str) -> dict[str, Any]:
    return ok(who.client.get(f"/v1/calls/statistics?{query}"), 200)


def counterparts(who: Person, query: str = WEEK) -> dict[str, Any]:
    return ok(who.client.get(f"/v1/calls/statistics/counterparts?{query}"), 200)


def figures(part: dict[str, Any]) -> list[int]:
    return [part[name] for name in FIGURES]


def total(parts: list[dict[str, Any]]) -> list[int]:
    return [sum(part[name] for part in parts) for name in FIGURES[:-1]] + [max((part["longest_s"] for part in parts), default=0)]


def busy_week(switch: Client, me: Person, colleague: Person) -> None:
    ingest(switch, record(me.phone, colleague.phone, on=1, talk=30), record(me.phone, OUTSIDE, outcome="busy"),
           record(colleague.phone, me.phone, talk=600), record(colleague.phone, me.phone, outcome="no_answer", hour=3),
           record(None, me.phone, on=4, outcome="cancelled"), record(OUTSIDE, me.phone, on=6, hour=22, minute=30))


def test_E1_every_bucket_sums_up_the_same_calls(switch: Client, me: Person, hire: Hire) -> None:
    busy_week(switch, me, hire())
    inside = [call for call in all_items(me.client, "/v1/calls", 200)]
    expected = [sum(call["direction"] == "incoming" for call in inside), sum(call["direction"] == "outgoing" for call in inside),
                sum(call["outcome"] == "answered" for call in inside),
                sum(call["direction"] == "incoming" and call["outcome"] != "answered" for call in inside),
                sum(call["talk_s"] for call in inside), max(call["talk_s"] for call in inside)]
    assert expected == [4, 2, 3, 2, 690, 600]
    for bucket in ("hour", "day", "week", "month"):
        answer = statistics(me, f"from={day(-1)}&to={day(8)}&bucket={bucket}")
        assert figures(answer["totals"]) == total(answer["buckets"]) == expected, bucket
    parts = counterparts(me, f"from={day(-1)}&to={day(8)}")
    assert figures(parts["totals"]) == total(parts["items"]) == expected
    assert figures(parts["rest"]) == [0] * 6
    assert figures(statistics(me, EARLIER_WEEK)["totals"]) == [0] * 6
    assert counterparts(me, EARLIER_WEEK + "&time_zone=Asia/Kathmandu")["items"] == []
    assert counterparts(me, EARLIER_WEEK) == {"totals": dict.fromkeys(FIGURES, 0), "items": [], "rest": dict.fromkeys(FIGURES, 0)}


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "UTC", None])
def test_E1_days_are_those_of_the_time_zone(switch: Client, me: Person, zone: str | None) -> None:
    ingest(switch, *(record(OUTSIDE, me.phone, on=on, hour=hour, talk=1) for on in (1, 2) for hour in range(24)))
    query = f"from={day(1)}&to={day(3)}&bucket=day" + (f"&time_zone={urllib.parse.quote(zone)}" if zone else "")
    answer = statistics(me, query)
    local = zoneinfo.ZoneInfo(zone or "Europe/Stockholm")
    starts = [datetime.datetime.fromisoformat(part["start"].replace("Z", "+00:00")) for part in answer["buckets"]]
    assert [start.astimezone(local).isoformat()[:19] for start in starts] == [f"{day(1)}T00:00:00", f"{day(2)}T00:00:00"]
    moments = [datetime.datetime.fromisoformat(call["started_at"].replace("Z", "+00:00"))
               for call in all_items(me.client, "/v1/calls", 200)]
    for n, part in enumerate(answer["buckets"]):
        assert part["incoming"] == sum(moment.astimezone(local).date().isoformat() == day(1 + n) for moment in moments)


def test_E1_a_day_has_the_hours_that_its_clock_shows(me: Person) -> None:
    for date, after, hours in (("2026-03-29", "2026-03-30", 23), ("2025-10-26", "2025-10-27", 25), ("2026-06-01", "2026-06-02", 24)):
        answer = statistics(me, f"from={date}&to={after}&bucket=hour&time_zone=Europe/Stockholm")
        assert len({part["start"] for part in answer["buckets"]}) == len(answer["buckets"]) == hours


def test_E1_the_other_sides_are_named_and_sorted(switch: Client, me: Person, hire: Hire) -> None:
    colleague = hire(given_name="Eva", family_name="Ek")
    busy_week(switch, me, colleague)
    found = counterparts(me)
    assert [(part["kind"], part["party"]) for part in found["items"]] == [
        ("number", {"number": colleague.phone, "user_id": colleague.user_id, "name": "Eva Ek"}),
        ("number", {"number": OUTSIDE}), ("withheld", {"number": None})]
    assert [figures(part) for part in found["items"]] == [[2, 1, 2, 1, 630, 600], [1, 1, 1, 0, 60, 60], [1, 0, 0, 1, 0, 0]]
    one = counterparts(me, WEEK + "&limit=1")
    assert one["items"] == found["items"][:1] and one["totals"] == found["totals"]
    assert figures(one["rest"]) == [2, 1, 1, 1, 60, 60]
    ok(colleague.client.patch("/v1/me/profile", {"family_name": "Eriksson"}))
    assert counterparts(me)["items"][0]["party"]["name"] == "Eva Eriksson"


def test_E1_totals_stay_while_calls_fade(platform: Platform, switch: Client, me: Person) -> None:
    ingest(switch, *(record(OUTSIDE, me.phone, hour=n) for n in range(8)))
    before = statistics(me, WEEK)["totals"]
    gone = "source_hash = NULL, counterpart_hash = NULL, part_hash = NULL"
    ids = [call["call_id"] for call in all_items(me.client, "/v1/calls", 200)]
    Cluster(platform).ask("samtal", f"""
        UPDATE calls SET stage = 'masked', {gone} WHERE call_id IN ('{ids[0]}', '{ids[1]}', '{ids[2]}');
        UPDATE calls SET stage = 'token', {gone} WHERE call_id IN ('{ids[3]}', '{ids[4]}');
        UPDATE calls SET stage = 'removed', counterpart = NULL, {gone} WHERE call_id = '{ids[5]}'""")
    assert statistics(me, WEEK)["totals"] == before
    found = counterparts(me)
    assert found["totals"] == before
    assert {part["kind"]: (part["incoming"], part["party"]) for part in found["items"]} == {
        "masked": (3, {"number": None}), "token": (2, {"number": None}), "number": (2, {"number": OUTSIDE}),
        "removed": (1, {"number": None, "removed": True})}


def test_E1_nobody_elses_calls_are_counted(switch: Client, me: Person, hire: Hire, david: Person) -> None:
    busy_week(switch, me, hire())
    for stranger in (hire(consents={"call_history": True}), david):
        assert figures(statistics(stranger, WEEK)["totals"]) == [0] * 6
        assert counterparts(stranger)["items"] == []
    for path in ("/v1/calls/statistics", "/v1/calls/statistics/counterparts"):
        problem(hire().client.get(path), 403, "consent-required")


ZONES = ["", "Mars/Base", "europe/stockholm", "GMT%2B3", "%2B02:00", "Europe/Stockholm%0D%0AX-Evil:1", "%1B%5B31m",
         "%27%3B%20DROP%20TABLE%20calls%3B%20--", "x" * 1000]


@pytest.mark.parametrize("path", ["/v1/calls/statistics", "/v1/calls/statistics/counterparts"])
@pytest.mark.parametrize("query, field", [*((f"time_zone={zone}", "time_zone") for zone in ZONES), (f"from={day(7)}&to={day(0)}", "from"),
                                          ("from=2026-13-01", "from"), ("to=soon", "to")], ids=str)
def test_a_range_that_makes_no_sense_is_named(anna: Person, path: str, query: str, field: str) -> None:
    assert fields_of(problem(anna.client.get(f"{path}?{query}"), 400)) == {field}


@pytest.mark.parametrize("query, field", [
    ("bucket=hour&from=2026-01-01&to=2026-03-01", "from"), ("bucket=day&from=2020-01-01&to=2024-01-01", "from"),
    ("bucket=month&from=1970-01-01&to=9999-12-31", "from"), ("bucket=minute", "bucket")])
def test_too_many_buckets_are_refused(anna: Person, query: str, field: str) -> None:
    assert fields_of(problem(anna.client.get(f"/v1/calls/statistics?{query}"), 400)) == {field}


@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit")])
def test_a_bad_limit_of_counterparts_is_refused(anna: Person, query: str, field: str) -> None:
    assert fields_of(problem(anna.client.get(f"/v1/calls/statistics/counterparts?{query}"), 400)) == {field}
    assert counterparts(anna, "from=1970-01-01&to=9999-12-31")["items"] is not None
