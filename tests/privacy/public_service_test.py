"""I1: what the law asks of a number-based public service, on such a service: retained at call end, under the duty's own key, read by no
product role, and handed out only by two administrators, for a case, recorded."""
from __future__ import annotations

import datetime
import json
import os
import tomllib
import uuid
from collections.abc import Iterator

import pytest

from support import canary, people
from support.client import Client, items, ok
from support.database import Cluster
from support.people import Person
from support.platform import REPOSITORY, CommandFailed, Platform, eventually

BINARIES = (REPOSITORY / os.environ.get("SAMTAL_BIN_DIR", "build/release/bin")).parent / "number_based_public"
REGISTER = BINARIES / "processing.toml"
BEGIN, END = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"


@pytest.fixture(scope="module")
def public() -> Iterator[Platform]:
    """The whole platform, fresh, by the programs that were built with the other class of service."""
    assert tomllib.loads(REGISTER.read_text())["service_class"] == "number_based_public"
    running = Platform({"SAMTAL_BIN_DIR": str(BINARIES / "bin"), "SAMTAL_REGISTER_FILE": str(REGISTER)})
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()


@pytest.fixture(scope="module")
def org(public: Platform) -> str:
    return people.organisation(public)


@pytest.fixture(scope="module")
def admins(public: Platform, org: str) -> list[Person]:
    return [people.person(public, org, role="admin") for _ in range(2)]


@pytest.fixture(scope="module")
def switchboard(public: Platform, org: str) -> Client:
    return Client(public.url, public.ctl("switch", "create", "--organisation", org, "--name", "Växeln")["token"])


def call(switchboard: Client, caller: str, callee: str, at: str = "2026-03-04T12:00:00Z") -> None:
    """Reported by the switch when it ended. Nobody here consented to a call history."""
    record = {"source_call_id": str(uuid.uuid4()), "caller": {"number": caller}, "callee": {"number": callee}, "started_at": at,
              "answered_at": at, "ended_at": at, "outcome": "answered"}
    assert ok(switchboard.post("/v1/ingest/calls", [record]), 200)["accepted"] == 1


def order(number: str, admins: list[Person], case: str = "AM-17-26") -> list[str]:
    return ["authority-disclosure", "--case", case, "--number", number, "--from", BEGIN, "--to", END, "--by", admins[0].user_id,
            "--second", admins[1].user_id]


def retained(public: Platform) -> int:
    return int(Cluster(public).ask("samtal", "SELECT count(*) FROM law_retention_calls")[0][0])


def test_I1_a_call_is_retained_at_its_end_whatever_people_chose(public: Platform, org: str, switchboard: Client) -> None:
    who, before = people.person(public, org), retained(public)
    call(switchboard, who.phone, people.fresh_number())
    assert retained(public) == before + 1
    assert Cluster(public).ask("samtal", f"SELECT count(*) FROM calls WHERE owner_id = '{who.user_id}'") == [["0"]], "no history"
    dump = Cluster(public).dump("samtal")
    assert list(canary.search_bytes(dump, {"number": who.phone, "digits": who.phone[1:]}, public.data)) == []


def test_I1_the_notice_tells_people(public: Platform) -> None:
    text = ok(Client(public.url).get("/v1/notice?language=en"), 200)["text"]
    assert "Retention by law" in text and "LEK 9:19" in text and "6 months from the end" in text


def test_I1_no_role_reads_the_store(public: Platform, org: str, switchboard: Client) -> None:
    call(switchboard, people.fresh_number(), people.fresh_number())
    cluster = Cluster(public)
    roles = [row[0] for row in cluster.ask("postgres", "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'samtal%'")]
    roles = [role for role in roles if role not in ("samtal_migrator", "samtal_aggregator")]
    assert len(roles) > 20 and "samtal_law_retention" in roles
    for role in roles:
        for column in ("record", "caller_hash", "callee_hash", "ended_at", "source_hash"):
            answer = cluster.ask_as(role, "samtal", f"SELECT {column} FROM law_retention_calls;")
            assert answer.rows == [] and "permission denied" in answer.problems, (role, column)
    may_ask = [role for role in roles if "permission denied" not in cluster.ask_as(role, "samtal", """SELECT law_disclose(gen_random_uuid(),
        ARRAY[]::uuid[], ARRAY[]::bytea[], 'x', 'x', now(), now());""").problems]
    assert may_ask == ["samtal_law_retention"]
    answer = cluster.ask_as("samtal_law_retention", "samtal", """SELECT law_disclose(gen_random_uuid(), ARRAY[]::uuid[],
        ARRAY[]::bytea[], 'x', 'x', now(), now());""")
    assert answer.rows == [] and "two administrators are needed" in answer.problems


def test_I1_two_administrators_disclose_one_numbers_records(public: Platform, org: str, switchboard: Client, admins: list[Person]) -> None:
    who, other = people.person(public, org), people.fresh_number()
    call(switchboard, who.phone, other)
    call(switchboard, other, who.phone, "2026-03-05T08:00:00Z")
    call(switchboard, other, people.fresh_number())
    call(switchboard, who.phone, other, "2026-04-02T00:00:00Z")  # later than asked for
    given = public.ctl(*order(who.phone, admins))
    assert [(r["caller"], r["callee"]) for r in given["records"]] == [(who.phone, other), (other, who.phone)]
    assert (given["case"], given["people"]) == ("AM-17-26", 1)
    rows = Cluster(public).ask("samtal", f"""SELECT records, case_number, first_admin <> second_admin FROM law_disclosures
        WHERE disclosure_id = '{given['disclosure_id']}'""")
    assert rows == [["2", "AM-17-26", "t"]]
    leaves = Cluster(public).ask("samtal", f"""SELECT act, purpose, octet_length(actor), octet_length(subject) FROM audit_leaves
        WHERE reference = '{given['disclosure_id']}'""")
    assert leaves == [["disclosure", "law_retention", "32", "0"]]


def test_I1_one_administrator_or_somebody_else_is_not_enough(public: Platform, org: str, switchboard: Client, admins: list[Person]) -> None:
    who = people.person(public, org)
    call(switchboard, who.phone, people.fresh_number())
    suspended = people.person(public, org, role="admin")
    public.ctl("user", "suspend", suspended.user_id)
    before = Cluster(public).ask("samtal", "SELECT count(*) FROM law_disclosures")
    for pair in ([admins[0], admins[0]], [admins[0], who], [who, admins[0]], [admins[0], suspended]):
        with pytest.raises(CommandFailed):
            public.ctl(*order(who.phone, pair))
    assert Cluster(public).ask("samtal", "SELECT count(*) FROM law_disclosures") == before


def test_I1_the_person_sees_it_when_the_case_allows_it_and_not_before(public: Platform, org: str, switchboard: Client,
                                                                     admins: list[Person]) -> None:
    who, counterpart = people.person(public, org), people.person(public, org)
    call(switchboard, who.phone, counterpart.phone)
    given = public.ctl(*order(who.phone, admins, "AM-99-26"))["disclosure_id"]
    assert items(who.client.get("/v1/privacy/disclosures")) == []
    for role in ("rights_and_evidence", "audit_trail", "support_case", "retention", "reseller_service"):
        answer = Cluster(public).ask_as(f"samtal_{role}", "samtal", "SELECT user_id FROM law_disclosure_people;")
        assert answer.rows == [] and "permission denied" in answer.problems, role
    for pair in ([admins[0], admins[0]], [admins[0], who]):
        with pytest.raises(CommandFailed):
            public.ctl("authority-release", given, "--by", pair[0].user_id, "--second", pair[1].user_id)
    with pytest.raises(CommandFailed):
        public.ctl("authority-release", str(uuid.uuid4()), "--by", admins[0].user_id, "--second", admins[1].user_id)
    assert items(who.client.get("/v1/privacy/disclosures")) == []
    release = ("authority-release", given, "--by", admins[0].user_id, "--second", admins[1].user_id)
    assert public.ctl(*release)["people"] == 1
    [shown] = items(who.client.get("/v1/privacy/disclosures"))
    assert (shown["recipient"], shown["purpose"], shown["categories"], shown["country"]) == ("authorities", "law_retention", ["traffic"], "SE")
    assert "AM-99-26" in shown["reason"]
    at = datetime.datetime.fromisoformat(shown["at"])
    assert abs((datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()) < 120
    assert items(counterpart.client.get("/v1/privacy/disclosures")) == [], "nobody asked about their number"
    assert public.ctl(*release)["people"] == 0 and len(items(who.client.get("/v1/privacy/disclosures"))) == 1


def test_I1_an_erasure_does_not_reach_what_the_law_keeps(public: Platform, org: str, switchboard: Client, admins: list[Person]) -> None:
    who, other = people.person(public, org), people.fresh_number()
    call(switchboard, who.phone, other)
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)
    made = ok(who.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)
    holder = Client(public.url, made["receipt_token"])
    eventually(lambda: ok(holder.get(f"/v1/privacy/requests/{made['request_id']}"), 200)["state"] == "done", 30, "the erasure is done")
    given = public.ctl(*order(who.phone, admins))
    assert [(r["caller"], r["callee"]) for r in given["records"]] == [(who.phone, other)] and given["people"] == 0


def test_I1_the_records_expire_by_the_laws_period(public: Platform, switchboard: Client) -> None:
    call(switchboard, people.fresh_number(), people.fresh_number())
    later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
    due = public.ctl("retention", "run", "--now", later, "--dry-run")["counts"]["law_retention_calls"]
    assert due == retained(public) > 0


def test_I1_the_record_of_processing_names_it(public: Platform) -> None:
    done = public.run_ctl("register", "record", "--format", "json")
    assert "law_retention" in [p["id"] for p in json.loads(done.stdout)["purposes"]]
