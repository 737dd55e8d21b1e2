"""E1: calls fade by the operator's clock, totals stay, and an erased person's number goes from everybody's history."""
from __future__ import annotations

import datetime
import io
import itertools
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, items, ok
from support.people import Person
from support.platform import CommandFailed, Platform, eventually

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"
SHOP = "+46812345678"
_ids = itertools.count()


def ago(**age: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**age)


def in_days(number: int) -> str:
    return ago(days=-number).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def org(place: Platform) -> str:
    return people.organisation(place)


@pytest.fixture
def employ(place: Platform, org: str) -> Hire:
    return lambda **options: people.person(place, org, consents={"call_history": True}, **options)


@pytest.fixture
def pbx(place: Platform, org: str) -> Client:
    return Client(place.url, place.ctl("switch", "create", "--organisation", org, "--name", "Växeln")["token"])


def record(caller: str | None, callee: str | None, *, age: float = 0, talk: int = 60, **changes: Any) -> dict[str, Any]:
    """A call that ended so many days ago; answered after ten seconds, unless it has no talk."""
    end = ago(days=age).replace(microsecond=0)
    start = end - datetime.timedelta(seconds=10 + talk)
    made = {"source_call_id": f"fades-{next(_ids)}", "caller": {"number": caller}, "callee": {"number": callee},
            "started_at": start.isoformat(), "ended_at": end.isoformat(), "outcome": "answered" if talk else "no_answer"}
    if talk:
        made["answered_at"] = (start + datetime.timedelta(seconds=10)).isoformat()
    return made | changes


def report(pbx: Client, *records: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = ok(pbx.post("/v1/ingest/calls", list(records)), 200)
    assert not answer["rejected"]
    return answer


def run(place: Platform, *more: str) -> dict[str, int]:
    counts: dict[str, int] = place.ctl("retention", "run", *more)["counts"]
    return counts


def shown(client: Client, own: str) -> list[tuple[str, str, str | None]]:
    """Stage, direction and the other's number of each call, newest first."""
    calls = []
    for call in items(client.get("/v1/calls?limit=200")):
        mine, other = ("caller", "callee") if call["direction"] == "outgoing" else ("callee", "caller")
        assert call[mine]["number"] == own
        calls.append((call["stage"], call["direction"], call[other]["number"]))
    return calls


def figures(client: Client, bucket: str = "day") -> dict[str, Any]:
    start, end = ago(days=300).strftime("%Y-%m-%d"), ago(days=-2).strftime("%Y-%m-%d")
    return ok(client.get(f"/v1/calls/statistics?from={start}&to={end}&bucket={bucket}"), 200)


def by_counterpart(client: Client) -> dict[str, Any]:
    start, end = ago(days=300).strftime("%Y-%m-%d"), ago(days=-2).strftime("%Y-%m-%d")
    return ok(client.get(f"/v1/calls/statistics/counterparts?from={start}&to={end}"), 200)


def exported(who: Person, client: Client) -> tuple[list[dict[str, Any]], list[dict[str, Any]], bytes]:
    """The archive's calls and counters, and all its files together."""
    ok(client.post("/v1/reauthenticate", {"password": who.password}), 204)
    path = f"{REQUESTS}/{ok(client.post(REQUESTS, {'kind': 'access'}), 202)['request_id']}"
    eventually(lambda: ok(client.get(path))["state"] == "ready", 60, "the archive is ready")
    with zipfile.ZipFile(io.BytesIO(client.get(path + "/archive").content)) as archive:
        tables = [[json.loads(line) for line in archive.read(f"data/{name}.jsonl").splitlines()] for name in ("calls", "call_counters")]
        return tables[0], tables[1], b"\n".join(archive.read(name) for name in archive.namelist())


def sums(calls: list[dict[str, Any]], counters: list[dict[str, Any]]) -> dict[str, int]:
    """What the statistics say, out of an archive."""
    def talk(call: dict[str, Any]) -> int:
        if call["answered_at"] is None:
            return 0
        return int((datetime.datetime.fromisoformat(call["ended_at"]) - datetime.datetime.fromisoformat(call["answered_at"])).total_seconds())

    rows = [(c["direction"], c["outcome"], 1, talk(c), talk(c)) for c in calls]
    rows += [(c["direction"], c["outcome"], c["calls"], c["talk_s"], c["longest_s"]) for c in counters]
    return {"incoming": sum(n for way, _, n, *_ in rows if way == "incoming"), "outgoing": sum(n for way, _, n, *_ in rows if way == "outgoing"),
            "answered": sum(n for _, how, n, *_ in rows if how == "answered"),
            "missed": sum(n for way, how, n, *_ in rows if way == "incoming" and how != "answered"),
            "talk_s": sum(talked for *_, talked, _ in rows), "longest_s": max(longest for *_, longest in rows)}


def test_E1_a_call_fades_by_the_clock_and_totals_stay(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(), employ()
    report(pbx, record(one.phone, two.phone), record(two.phone, one.phone, talk=0), record(SHOP, one.phone, talk=7),
           record("112", one.phone), record(None, one.phone, talk=0))
    report(pbx, *(record(one.phone, SHOP, age=n, talk=n) for n in (3, 10, 17)))
    before, months = figures(one.client), figures(one.client, "month")
    assert before["totals"] == {"incoming": 4, "outgoing": 4, "answered": 6, "missed": 2, "talk_s": 60 + 7 + 60 + 3 + 10 + 17, "longest_s": 60}

    expected = {31: "masked", 61: "token", 91: None}
    for days, stage in expected.items():
        counted = run(place, "--now", in_days(days), "--dry-run")
        assert run(place, "--now", in_days(days)) == counted
        category = {"masked": "calls_masked", "token": "calls_token", None: "calls"}[stage]
        assert counted[category] >= 10 and set(run(place, "--now", in_days(days), "--dry-run").values()) == {0}
        client = one.second_client()
        calls = shown(client, one.phone)
        if stage is None:
            assert calls == []
        else:
            assert {each[0] for each in calls} == {stage} and len(calls) == 8
            numbers = [each[2] for each in calls if each[2] is not None]
            assert len(numbers) == 7
            digits = {one_number.removesuffix("****") for one_number in numbers}
            assert digits == {two.phone[:-4], SHOP[:-4], ""} if stage == "masked" else all(n.startswith("~") for n in numbers)
            assert two.phone not in client.get("/v1/calls?limit=200").text
        assert figures(client) == before and figures(client, "month") == months
        parts = by_counterpart(client)
        assert parts["totals"] == before["totals"]
        assert {part["kind"] for part in parts["items"]} == {stage or "counted"}
        assert sums(*exported(one, client)[:2]) == before["totals"]
        assert [each[0] for each in shown(two.second_client(), two.phone)] == ([stage, stage] if stage else [])

    assert run(place, "--now", in_days(200))["call_counters"] == 0
    assert run(place, "--now", in_days(430))["call_counters"] >= 8
    assert figures(one.second_client())["totals"]["outgoing"] == 0


def test_E1_nothing_late_brings_a_faded_call_back(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(), employ()
    old = {age: record(one.phone, two.phone, age=age) for age in (40, 70, 100)}
    report(pbx, *old.values())
    run(place)
    calls, before = shown(one.client, one.phone), figures(one.client)
    assert [stage for stage, *_ in calls] == ["masked", "token"]
    for call in old.values():
        later = (datetime.datetime.fromisoformat(call["ended_at"]) + datetime.timedelta(seconds=5)).isoformat()
        assert report(pbx, call)["duplicates"] == 1
        assert report(pbx, call | {"ended_at": later})["corrected"] == 1
        assert report(pbx, call | {"callee": {"number": SHOP}})["corrected"] == 1
    assert shown(one.client, one.phone) == calls and figures(one.client) == before
    report(pbx, record(one.phone, two.phone, age=50))
    assert [stage for stage, *_ in shown(one.client, one.phone)] == ["masked", "full", "token"], "what comes late is stored"
    assert run(place)["calls_masked"] == 2
    assert [stage for stage, *_ in shown(one.client, one.phone)] == ["masked", "masked", "token"]


def test_I1_an_organisation_lets_its_calls_fade_sooner(place: Platform, org: str, employ: Hire, pbx: Client) -> None:
    who = employ()
    report(pbx, *(record(who.phone, SHOP, age=age) for age in (1, 4, 12)))
    plain = ok(who.client.get("/v1/me/notice?language=en"), 200)
    told = place.run_ctl("organisation", "set-retention", "--help").stdout
    assert all(option in told for option in ("--chat", "--calls-masked", "--calls-token", "--calls", "--call-counters"))
    for wrong in (["--calls-masked", "P31D"], ["--calls", "P91D"], ["--call-counters", "P14M"], ["--calls-token", "P0D"], ["--calls", "x"], []):
        with pytest.raises(CommandFailed):
            place.ctl("organisation", "set-retention", "--organisation", org, *wrong)
    said = place.ctl("organisation", "set-retention", "--organisation", org, "--calls-masked", "P3D", "--calls", "P10D")
    assert (said["calls_masked_retention"], said["calls_retention"]) == ("P3D", "P10D") and "chat_retention" not in said
    notice = ok(who.client.get("/v1/me/notice?language=en"), 200)
    assert "10 days after the call" in notice["text"] and "So your organisation chose." in notice["text"]
    assert notice["version"] == plain["version"]
    run(place)
    assert [stage for stage, *_ in shown(who.client, who.phone)] == ["full", "masked"]
    assert figures(who.client)["totals"]["outgoing"] == 3
    place.ctl("organisation", "set-retention", "--organisation", org, "--calls-masked", "register", "--calls", "register")
    assert ok(who.client.get("/v1/me/notice?language=en"), 200) == plain


def test_I1_a_legal_hold_keeps_a_call_whole(place: Platform, org: str, employ: Hire, pbx: Client) -> None:
    held, other = employ(), employ()
    report(pbx, record(held.phone, other.phone, age=100), record(held.phone, other.phone, age=40))
    place.ctl("hold", "add", "--user", held.user_id, "--case", "T 9-26", "--organisation", org)
    run(place)
    assert shown(held.client, held.phone) == [("full", "outgoing", other.phone)] * 2
    assert [stage for stage, *_ in shown(other.client, other.phone)] == ["masked"]
    place.ctl("hold", "release", "--user", held.user_id, "--case", "T 9-26")
    run(place)
    assert [stage for stage, *_ in shown(held.client, held.phone)] == ["masked"]
    assert figures(held.client)["totals"]["outgoing"] == 2


def test_J2_counters_go_with_the_consent(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(), employ()
    report(pbx, record(one.phone, two.phone, age=100))
    run(place)
    assert figures(one.client)["totals"]["outgoing"] == 1
    one.consent("call_history", "withdrawn")
    one.consent("call_history", "given")
    assert run(place)["call_counters_of_earlier_consent"] == 1
    assert figures(one.client)["totals"]["outgoing"] == 0
    assert figures(two.client)["totals"]["incoming"] == 1


def test_J1_an_erased_persons_number_goes_from_others_calls(place: Platform, employ: Hire, pbx: Client) -> None:
    gone, stays = employ(), employ()
    first = record(gone.phone, stays.phone, age=2)
    report(pbx, first, record(stays.phone, gone.phone, age=1, talk=0), record(stays.phone, SHOP))
    before = figures(stays.client)
    ok(gone.client.post("/v1/reauthenticate", {"password": gone.password}), 204)
    made = ok(gone.client.post(REQUESTS, {"kind": "erasure"}), 202)
    receipt = Client(place.url, made["receipt_token"])
    eventually(lambda: ok(receipt.get(f"{REQUESTS}/{made['request_id']}"))["state"] == "done", 60, "the erasure is done")
    certificate = ok(receipt.get(f"{REQUESTS}/{made['request_id']}/certificate"))["certificate"]
    assert certificate["changed_for_others"] == [{"holding": "calls", "category": "traffic", "rows": 2}]

    expected = [("full", "outgoing", SHOP), ("removed", "outgoing", None), ("removed", "incoming", None)]
    assert shown(stays.client, stays.phone) == expected and figures(stays.client) == before
    calls, counters, everything = exported(stays, stays.client)
    assert gone.phone.encode() not in everything and gone.phone[3:].encode() not in everything
    assert sums(calls, counters) == before["totals"]
    report(pbx, first | {"ended_at": (ago(days=2) + datetime.timedelta(seconds=9)).isoformat()})
    report(pbx, first | {"caller": {"number": SHOP}})
    assert shown(stays.client, stays.phone) == expected
