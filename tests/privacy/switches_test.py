"""E1: of what a switch sends, only what the purpose needs is kept, and that sealed: digits dialled, arguments of the dialplan,
SIP headers, channel variables and addresses reach neither disk nor log."""
from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator

import pytest

from support import canary, people, switches
from support.client import problem
from support.database import Cluster, files_below
from support.platform import Platform
from support.switches import every_other, forms, history, sample

# What must be well-formed for a record to be taken at all; every other text, ids and numbers too, is a canary.
FREESWITCH = {"start_epoch", "start_uepoch", "answer_epoch", "answer_uepoch", "end_epoch", "end_uepoch", "hangup_cause"}
NUMBERS = {"caller_id_number", "destination_number", "src", "dst", "caller", "callee", "from", "to", "Source", "Destination"}
ASTERISK = {"start", "answer", "end", "disposition", "StartTime", "AnswerTime", "EndTime", "Disposition", "Event"}
KAMAILIO = {"started_at", "ringing_at", "answered_at", "ended_at", "disposition", "type", "at"}

Post = Callable[[], object]


def as_csv(records: list[dict[str, object]]) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    order = ("accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec disposition "
             "amaflags uniqueid userfield peeraccount linkedid sequence").split()
    rows.writerows([record[name] for name in order] for record in records)
    return out.getvalue()


def posts(pbx: switches.Switch, numbers: tuple[str, str, str], word: Callable[[], str]) -> Iterator[Post]:
    """A record in each form of each format."""
    leg = every_other(json.loads(sample("freeswitch_a_leg.json", *numbers)), FREESWITCH | NUMBERS, word)
    for body, kind in forms(json.dumps(leg)).values():
        yield lambda body=body, kind=kind: pbx.freeswitch(body, kind, f"?uuid={word()}")  # type: ignore[misc]
    lines = [every_other(json.loads(line), ASTERISK | NUMBERS, word)
             for line in sample("asterisk_cdr_custom.jsonl", *numbers).splitlines()]
    yield lambda: pbx.asterisk("\n".join(map(json.dumps, lines)), "application/x-ndjson")
    yield lambda: pbx.asterisk(as_csv(lines), "text/csv")
    event = dict(line.split(": ", 1) for line in sample("asterisk_ami.txt", *numbers).split("\r\n\r\n")[1].split("\r\n"))
    event = every_other(event, ASTERISK | NUMBERS, word)
    yield lambda: pbx.asterisk("".join(f"{name}: {value}\r\n" for name, value in event.items()), "text/plain")
    record = every_other(json.loads(sample("kamailio.json", *numbers)), KAMAILIO | NUMBERS, word)
    yield lambda: pbx.kamailio(json.dumps(record))


@pytest.fixture(scope="module")
def secrets(platform: Platform) -> dict[str, str]:
    """The stems of all that three switches sent, good, broken and refused."""
    brood = canary.Brood()
    org = people.organisation(platform)
    who = people.activate(people.invite(platform, org, phone=brood.number()), consents={"call_history": True})
    pbx = switches.switch(platform, org)
    numbers = (who.phone, brood.number(), brood.number())
    taken = 0
    for post in posts(pbx, numbers, brood.word):
        answer = post()
        assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]
        taken += answer.json()["accepted"]  # type: ignore[attr-defined]
    assert taken == len(history(who)) == 5, "the canaries came through the door"  # the forms of a record are one call
    hostile = (r"\u001b[31m" + brood.word(), brood.word() + r"\r\n", brood.word())  # as JSON writes them
    for post in posts(pbx, hostile, brood.word):
        assert post().status_code in (200, 400)  # type: ignore[attr-defined]
    for path in (f"freeswitch/{pbx.switch_id}", "asterisk", "kamailio", "kamailio/events"):
        problem(pbx.post(f"/v1/ingest/{path}", '{"' + brood.word()), 400)
    live = {"type": "call.answered", "uuid": brood.word(), "call_id": brood.word(), "from": who.phone, "to": brood.number()}
    assert pbx.post("/v1/ingest/kamailio/events", json.dumps(live)).status_code == 204
    Cluster(platform).ask("postgres", "CHECKPOINT;")
    return brood.stems | {"an address": "192.0.2.17", "digits": "D(4711#)"}


def test_E1_nothing_of_a_record_is_in_the_database_but_sealed(platform: Platform, secrets: dict[str, str]) -> None:
    dump = Cluster(platform).dump("samtal")
    assert b"CREATE TABLE" in dump
    assert list(canary.search_bytes(dump, secrets, platform.data)) == []


def test_E1_nothing_of_a_record_is_on_disk(platform: Platform, secrets: dict[str, str]) -> None:
    files = files_below(platform.data / "postgres")
    assert len(files) > 1000, "the search did see the cluster"
    assert canary.search(files, secrets) == []


def test_E1_nothing_of_a_record_is_in_a_log(platform: Platform, secrets: dict[str, str]) -> None:
    logs = files_below(platform.data / "log")
    assert any(path.stat().st_size for path in logs)
    assert canary.search(logs, secrets) == []


def test_E1_a_record_that_was_kept_whole_would_be_found(platform: Platform, secrets: dict[str, str]) -> None:
    """The negative control: the same search over a database that keeps what a switch sent."""
    cluster = Cluster(platform)
    kept = next(iter(secrets.values()))
    cluster.ask("samtal", f"CREATE TABLE planted (t text); INSERT INTO planted VALUES ('{kept}');")
    dump = cluster.dump("samtal")
    cluster.ask("samtal", "DROP TABLE planted;")
    assert list(canary.search_bytes(dump, secrets, platform.data)) != []
