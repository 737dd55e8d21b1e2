"""E1: filters, pages, tables and notes of one's calls, and what the people on the other side are called."""
from __future__ import annotations

import csv
import io
import urllib.parse
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, all_items, fields_of, items, ok, problem
from support.database import Cluster
from support.dates import day
from support.people import Person
from support.platform import Platform, eventually
from support.records import ingest, record

Hire = Callable[..., Person]
CONSENTS = {"call_history": True}
OUTSIDE = "+46317740605"


def calls(who: Person, query: str = "limit=200") -> list[dict[str, Any]]:
    return items(who.client.get(f"/v1/calls?{query}"))


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calls.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


def note(who: Person, call: str, text: Any, status: int = 204) -> Any:
    answer = who.client.put(f"/v1/calls/{call}/note", {"note": text})
    return ok(answer, 204) if status == 204 else problem(answer, status)


def other(call: dict[str, Any]) -> dict[str, Any]:
    return call["caller" if call["direction"] == "incoming" else "callee"]


@pytest.fixture
def me(hire: Hire) -> Person:
    return hire(consents=CONSENTS)


def test_E1_filters_show_what_they_say(switch: Client, me: Person, hire: Hire) -> None:
    bo = hire()
    ingest(switch, record(me.phone, bo.phone, hour=1), record(bo.phone, me.phone, hour=2, outcome="no_answer"),
           record(OUTSIDE, me.phone, hour=3, outcome="busy"), record(None, me.phone, hour=4),
           record(me.phone, OUTSIDE, hour=5, outcome="busy", on=3))
    local = "0" + bo.phone[3:5] + "-" + bo.phone[5:]
    for query, hours in {
            "": [5, 4, 3, 2, 1], "direction=incoming": [4, 3, 2], "direction=outgoing": [5, 1], "outcome=busy": [5, 3],
            "outcome=no_answer,answered": [4, 2, 1], "missed=true": [3, 2], "missed=false": [5, 4, 1],
            "missed=true&direction=outgoing": [], "outcome=busy&direction=incoming": [3],
            f"counterpart={urllib.parse.quote(local)}": [2, 1], f"counterpart={bo.phone}": [2, 1],
            f"counterpart={urllib.parse.quote(bo.phone)}&missed=true": [2], "counterpart=112": [],
            f"counterpart=031-7740605&from={day(3)}": [5], f"missed=true&to={day(2)}T03:00:00Z": [2]}.items():
        assert [int(call["started_at"][11:13]) for call in calls(me, query)] == hours, query
        assert [int(line["started_at"][11:13]) for line in table(me.client.get(f"/v1/calls.csv?{query}"))] == hours, query


@pytest.mark.parametrize("query", ["", "&direction=incoming", "&missed=true", "&outcome=no_answer,busy", f"&counterpart={OUTSIDE}"])
def test_E1_pages_hold_their_place_while_calls_arrive(switch: Client, me: Person, query: str) -> None:
    for part in range(2):
        ingest(switch, *(record(OUTSIDE, me.phone, hour=n % 5, minute=n // 5, outcome="no_answer", on=part) for n in range(20)))
    before = [call["call_id"] for call in calls(me, f"limit=200{query}")]
    assert len(before) == 40
    found, cursor = [], ""
    for turn in range(8):
        page = ok(me.client.get(f"/v1/calls?limit=6{query}{cursor}"), 200)
        found += [call["call_id"] for call in page["items"]]
        ingest(switch, record(OUTSIDE, me.phone, outcome="busy", on=4, minute=turn))
        cursor = "&cursor=" + urllib.parse.quote(page["next_cursor"] or "")
        if page["next_cursor"] is None:
            break
    assert found == before


@pytest.mark.parametrize("query, field", {
    "direction=up": "direction", "direction=": "direction", "outcome=exploded": "outcome", "outcome=busy,": "outcome",
    "missed=yes": "missed", "counterpart=": "counterpart", "counterpart=anna": "counterpart",
    "counterpart=%27%3B%20DROP%20TABLE%20calls%3B%20--": "counterpart", "counterpart=112%0D%0AX-Evil%3A%201": "counterpart",
    "counterpart=%1B%5B31m112": "counterpart", "counterpart=" + "9" * 500: "counterpart", "cursor=x": "cursor",
    "limit=x": "limit", "from=yesterday": "from", f"from={day(7)}&to={day(0)}": "from"}.items())
def test_a_filter_that_makes_no_sense_is_named(anna: Person, query: str, field: str) -> None:
    for path in ("/v1/calls", "/v1/calls.csv"):
        assert fields_of(problem(anna.client.get(f"{path}?{query}"), 400)) == {field}


@pytest.mark.parametrize("query", ["direction=incoming&direction=incoming", "counterpart=%00", "counterpart=%ff", "colour=red"])
def test_a_query_that_is_none_is_refused(anna: Person, query: str) -> None:
    problem(anna.client.get(f"/v1/calls?{query}"), 400)


def test_E1_a_colleague_has_the_name_of_today(switch: Client, me: Person, hire: Hire) -> None:
    bo = hire(given_name="Bo", family_name="Berg")
    ingest(switch, record(bo.phone, me.phone), record(me.phone, OUTSIDE, hour=13))
    assert [other(call) for call in calls(me)] == [
        {"number": OUTSIDE}, {"number": bo.phone, "user_id": bo.user_id, "name": "Bo Berg"}]
    assert [call["callee"] for call in calls(me, "direction=incoming")] == [{"number": me.phone}]
    ok(bo.client.post("/v1/privacy/requests", {"kind": "rectification", "field": "family_name", "value": "Borg"}), 202)
    assert other(calls(me)[1])["name"] == "Bo Borg"
    assert table(me.client.get("/v1/calls.csv"))[1]["caller_name"] == "Bo Borg"
    ok(bo.client.patch("/v1/me/profile", {"visibility": {"family_name": "private"}}))
    assert other(calls(me)[1])["name"] == "Bo"
    ok(bo.client.patch("/v1/me/profile", {"visibility": {"given_name": "private"}}))
    assert other(calls(me)[1]) == {"number": bo.phone, "user_id": bo.user_id, "name": None}
    ok(bo.client.patch("/v1/me/profile", {"visibility": {"phone_numbers": "private"}}))
    assert other(calls(me)[1]) == {"number": bo.phone}


def test_A3_the_name_goes_with_a_restriction_and_with_the_person(switch: Client, me: Person, hire: Hire) -> None:
    bo = hire()
    ingest(switch, record(bo.phone, me.phone))
    assert other(calls(me)[0])["user_id"] == bo.user_id
    ok(bo.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    assert "user_id" not in other(calls(me)[0])
    ok(bo.client.post("/v1/privacy/requests", {"kind": "restriction", "active": False}), 202)
    ok(bo.client.post("/v1/reauthenticate", {"password": bo.password}))
    ok(bo.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)
    eventually(lambda: "user_id" not in other(calls(me)[0]), 60, "the name is gone")


def test_E1_a_name_belongs_to_who_had_the_number_then(platform: Platform, organisation: str, switch: Client, me: Person,
                                                      hire: Hire) -> None:
    earlier, later = hire(given_name="Förra"), hire(given_name="Nya")
    ingest(switch, record(earlier.phone, me.phone, hour=10))
    platform.ctl("user", "number", "end", earlier.user_id, "--phone", earlier.phone, "--at", f"{day(2)}T11:00:00Z")
    platform.ctl("user", "number", "add", later.user_id, "--phone", earlier.phone, "--since", f"{day(2)}T11:00:00Z")
    ingest(switch, record(earlier.phone, me.phone, hour=12))
    assert [other(call)["user_id"] for call in calls(me)] == [later.user_id, earlier.user_id]


def test_E1_each_row_says_how_much_is_left(platform: Platform, switch: Client, me: Person, hire: Hire) -> None:
    """What fading leaves, set here by hand."""
    bo = hire()
    ingest(switch, *(record(bo.phone, me.phone, hour=n) for n in range(4)))
    [removed, token, masked, _] = [call["call_id"] for call in calls(me)]
    gone = "source_hash = NULL, counterpart_hash = NULL, part_hash = NULL"
    Cluster(platform).ask("samtal", f"""
        UPDATE calls SET stage = 'masked', {gone} WHERE call_id = '{masked}';
        UPDATE calls SET stage = 'token', {gone} WHERE call_id = '{token}';
        UPDATE calls SET stage = 'removed', counterpart = NULL, {gone} WHERE call_id = '{removed}'""")
    shown = calls(me)
    assert [call["stage"] for call in shown] == ["removed", "token", "masked", "full"]
    assert other(shown[0]) == {"number": None, "removed": True}
    assert other(shown[1]) == other(shown[2]) == {"number": bo.phone}  # as it is stored, and nobody's name
    assert other(shown[3])["user_id"] == bo.user_id
    assert [call["talk_s"] for call in shown] == [60] * 4
    lines = table(me.client.get("/v1/calls.csv"))
    assert [(line["stage"], line["caller"]) for line in lines] == [
        ("removed", ""), ("token", "'" + bo.phone), ("masked", "'" + bo.phone), ("full", "'" + bo.phone)]
    assert len(calls(me, f"counterpart={bo.phone}")) == 1


def test_E1_a_note_is_shown_to_its_owner_alone(switch: Client, me: Person, hire: Hire, david: Person) -> None:
    bo = hire(consents=CONSENTS)
    ingest(switch, record(me.phone, bo.phone))
    [mine], [his] = calls(me), calls(bo)
    assert mine["note"] is None
    text = "Ring igen på måndag\r\n\tfråga om offerten; '; DROP TABLE calls; --"
    note(me, mine["call_id"], text)
    assert [call["note"] for call in calls(me)] == [text]
    assert [call["note"] for call in calls(bo)] == [None]
    for stranger in (bo, david, hire(consents=CONSENTS)):
        note(stranger, mine["call_id"], "x", 404)
        problem(stranger.client.delete(f"/v1/calls/{mine['call_id']}/note"), 404)
    note(me, his["call_id"], "x", 404)
    note(me, mine["call_id"], "klart ☃")
    assert calls(me)[0]["note"] == "klart ☃"
    for _ in range(2):
        ok(me.client.delete(f"/v1/calls/{mine['call_id']}/note"), 204)
    assert calls(me)[0]["note"] is None
    problem(me.client.delete("/v1/calls/nonsense/note"), 404)
    problem(me.client.put("/v1/calls/nonsense/note", {"note": "x"}), 404)


@pytest.mark.parametrize("bad", [{"note": ""}, {"note": "x" * 2001}, {"note": "x" * 65536}, {"note": "\x1b[31mred"}, {"note": 7},
                                 {"note": None}, {}, {"note": "x\x7f"}, {"note": "\x9b31m"}], ids=str)
def test_a_note_that_is_none_is_refused(switch: Client, me: Person, bad: dict[str, Any]) -> None:
    ingest(switch, record(OUTSIDE, me.phone))
    [call] = calls(me)
    assert fields_of(problem(me.client.put(f"/v1/calls/{call['call_id']}/note", bad), 400)) == {"note"}
    problem(me.client.put(f"/v1/calls/{call['call_id']}/note", {"note": "x", "colour": "red"}), 400)
    problem(me.client.put(f"/v1/calls/{call['call_id']}/note", {"note": "a\x00b"}), 400)
    assert calls(me)[0]["note"] is None


def test_E1_a_note_outlives_a_correction_of_its_call(switch: Client, me: Person) -> None:
    first = record(OUTSIDE, me.phone)
    ingest(switch, first)
    note(me, calls(me)[0]["call_id"], "☃" * 2000)
    ingest(switch, first | {"ended_at": f"{day(2)}T12:02:10Z"})
    [call] = calls(me)
    assert (call["talk_s"], call["note"]) == (120, "☃" * 2000)


def test_J2_notes_go_with_the_withdrawal_and_stand_in_the_archive(platform: Platform, switch: Client, me: Person) -> None:
    ingest(switch, record(OUTSIDE, me.phone))
    [call] = calls(me)
    note(me, call["call_id"], "arkiveras")
    ok(me.client.post("/v1/reauthenticate", {"password": me.password}))
    request = ok(me.client.post("/v1/privacy/requests", {"kind": "access"}), 202)["request_id"]
    eventually(lambda: ok(me.client.get(f"/v1/privacy/requests/{request}"))["state"] == "ready", 60, "the archive is ready")
    archive = zipfile.ZipFile(io.BytesIO(me.client.get(f"/v1/privacy/requests/{request}/archive").content))
    assert any("arkiveras" in archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    ok(me.client.put("/v1/consents/call_history", {"state": "withdrawn", "notice_version": people.notice_version(platform)}))
    for answer in (me.client.get("/v1/calls.csv"), me.client.put(f"/v1/calls/{call['call_id']}/note", {"note": "x"}),
                   me.client.delete(f"/v1/calls/{call['call_id']}/note")):
        assert problem(answer, 403, "consent-required")["purpose"] == "call_history"


def test_E1_a_table_has_no_formula_and_leads_on(switch: Client, me: Person) -> None:
    ingest(switch, *(record(OUTSIDE if n else "=cmd|' /C'!A0", me.phone, hour=n) for n in range(5)))
    for call, text in zip(calls(me), ["=1+1", "+1", "-1", "@SUM(A1)", 'a,"b"\n=c'], strict=True):
        note(me, call["call_id"], text)
    whole = me.client.get("/v1/calls.csv")
    assert "Link" not in whole.headers and whole.content.count(b"\r\n") == 6
    lines = table(whole)
    assert [line["note"] for line in lines] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", 'a,"b"\n=c']
    assert lines[-1]["caller"] == "'=cmd|' /C'!A0" and lines[0]["callee"] == "'" + me.phone
    assert [line["call_id"] for line in lines] == [call["call_id"] for call in calls(me)]
    assert not [cell for line in lines for cell in line.values() if cell[:1] in tuple("=+-@\t\r")]
    found, path = [], "/v1/calls.csv?limit=2&direction=incoming"
    while path:
        answer = me.client.get(path)
        found += table(answer)
        path = answer.headers.get("Link", "").removesuffix('>; rel="next"').removeprefix("<")
    assert found == lines


def test_E1_nobody_elses_calls_are_in_a_table(switch: Client, me: Person, hire: Hire, david: Person) -> None:
    ingest(switch, record(me.phone, OUTSIDE))
    for stranger in (hire(consents=CONSENTS), david):
        assert me.phone not in stranger.client.get("/v1/calls.csv").text
    problem(hire().client.get("/v1/calls.csv"), 403, "consent-required")


def test_E1_a_long_table_comes_in_pieces_of_bounded_size(switch: Client, me: Person) -> None:
    """Some thousand calls whose notes are as large as they may be."""
    for on in range(2):
        ingest(switch, *(record(OUTSIDE, me.phone, hour=n // 60, minute=n % 60, on=on) for n in range(600)))
    for call in all_items(me.client, "/v1/calls", 200)[:560]:
        note(me, call["call_id"], "𝄞" * 2000)
    first = me.client.get("/v1/calls.csv")
    assert 4 * 2**20 <= len(first.content) < 7 * 2**20
    second = me.client.get(first.headers["Link"].removesuffix('>; rel="next"').removeprefix("<"))
    assert "Link" not in second.headers
    assert len(table(first)) + len(table(second)) == 1200
