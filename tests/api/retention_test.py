"""I1: what is past its period goes, by the operator's clock; a legal hold stops it; the service answers meanwhile."""
from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support import people
from support.client import Client, items, ok
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform, eventually
from support.retention import anew, first_and_last, history, in_days, run

Hire = Callable[..., Person]

# Of messages (12 months) and calls (90 days), past their lags.
A_YEAR, A_QUARTER = in_days(370), in_days(95)


@pytest.fixture(scope="module")
def org(place: Platform) -> str:
    return people.organisation(place)


@pytest.fixture
def employ(place: Platform, org: str) -> Hire:
    return lambda **options: people.person(place, org, consents={"call_history": True}, **options)


@pytest.fixture(scope="module")
def pbx(place: Platform, org: str) -> Client:
    return Client(place.url, place.ctl("switch", "create", "--organisation", org, "--name", "Växeln")["token"])


def report_call(pbx: Client, caller: Person, callee: Person, name: str) -> None:
    end = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = {"source_call_id": name, "caller": {"number": caller.phone}, "callee": {"number": callee.phone},
              "started_at": end, "answered_at": end, "ended_at": end, "outcome": "answered"}
    assert ok(pbx.post("/v1/ingest/calls", [record]), 200)["accepted"] == 1


def test_I1_a_persons_data_expires_category_by_category(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(given_name="Ett"), employ(given_name="Tva")
    conversation = people.conversation(one, two)
    socket = one.socket()
    for n in range(5):
        socket.say(conversation, f"rad {n}")
    report_call(pbx, one, two, "expires")
    assert run(place)["messages"] == 0
    assert history(one.client, conversation) == [5, 4, 3, 2, 1]

    counts = run(place, A_QUARTER)
    assert (counts["calls"], counts["call_receipts"], counts["messages"]) == (2, 1, 0)
    client = anew(one)
    assert items(client.get("/v1/calls")) == []
    assert history(client, conversation) == [5, 4, 3, 2, 1]

    assert run(place, A_YEAR)["messages"] == 5
    client = anew(one)
    assert history(client, conversation) == []
    assert first_and_last(client, conversation) == (6, 5)
    assert len(items(client.get("/v1/directory?query=Tva"))) >= 1, "people stay"
    assert ok(client.get("/v1/me/profile"), 200)["given_name"] == "Ett"

    live = one.socket(client)
    assert live.say(conversation, "igen")["seq"] == 6
    assert history(client, conversation) == [6]
    assert first_and_last(client, conversation) == (6, 6)
    live.passed_by = []
    done = live.ask({"type": "sync", "positions": {conversation: {"seq": 0, "change": 0}}})
    assert [frame["seq"] for frame in live.passed_by if frame["type"] == "message.new"] == [6]
    assert done["positions"][conversation]["first_seq"] == 6


def test_I1_a_dry_run_counts_what_the_run_deletes(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(), employ()
    socket, conversation = one.socket(), people.conversation(one, two)
    for n in range(3):
        socket.say(conversation, f"rad {n}")
    report_call(pbx, one, two, "dry")
    counted = run(place, A_YEAR, "--dry-run")
    assert history(one.client, conversation) == [3, 2, 1], "nothing went"
    assert counted["messages"] >= 3 and counted["calls"] >= 2 and counted["sessions"] >= 2
    assert run(place, A_YEAR) == counted
    assert set(run(place, A_YEAR, "--dry-run").values()) == {0}


def test_I1_a_legal_hold_stops_it_and_its_release_finishes(place: Platform, org: str, employ: Hire, pbx: Client) -> None:
    held, other = employ(), employ()
    conversation = people.conversation(held, other)
    for who in (other, held, other, held):
        who.socket().say(conversation, "tvist")
    report_call(pbx, held, other, "held")
    placed = place.ctl("hold", "add", "--user", held.user_id, "--case", "T 1234-26", "--organisation", org)
    assert placed["released_at"] is None
    with pytest.raises(CommandFailed):
        place.ctl("hold", "add", "--user", held.user_id, "--case", "T 1234-26")
    assert [one["case"] for one in place.ctl("hold", "list")["items"] if one["user_id"] == held.user_id] == ["T 1234-26"]
    counts = run(place, A_YEAR)
    assert (counts["messages"], counts["calls"]) == (2, 1)
    client = anew(held)
    assert history(client, conversation) == [4, 2]
    assert first_and_last(client, conversation) == (2, 4)
    assert len(items(client.get("/v1/calls"))) == 1

    place.ctl("hold", "release", "--user", held.user_id, "--case", "T 1234-26")
    counts = run(place, A_YEAR)
    assert (counts["messages"], counts["calls"]) == (2, 1)
    assert history(anew(held), conversation) == []
    with pytest.raises(CommandFailed):
        place.ctl("hold", "release", "--user", held.user_id, "--case", "T 1234-26")
    leaves = Cluster(place).ask("samtal", f"SELECT act FROM audit_leaves WHERE reference = '{placed['hold_id']}' ORDER BY leaf_id")
    assert [leaf[0] for leaf in leaves] == ["hold.added", "hold.released"]


def test_I1_a_withdrawn_consents_rows_are_gone_with_the_next_run(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(), employ()
    report_call(pbx, one, two, "withdrawn")
    one.consent("call_history", "withdrawn")
    assert run(place)["calls_withdrawn"] == 1
    assert len(items(two.client.get("/v1/calls"))) == 1
    two.consent("call_history", "withdrawn")
    two.consent("call_history", "given")
    report_call(pbx, one, two, "given anew")
    assert run(place)["calls_of_earlier_consent"] == 1
    assert len(items(two.client.get("/v1/calls"))) == 1, "what came under the new consent stays"


# --- invitations

def of_age(place: Platform, who: people.Invitation, created: str, expired: str) -> None:
    """As if the person had been invited that long ago."""
    Cluster(place).ask("samtal", f"""UPDATE users SET created_at = now() - interval '{created}' WHERE user_id = '{who.user_id}';
        UPDATE invitations SET expires_at = now() - interval '{expired}' WHERE user_id = '{who.user_id}'""")


def rows_of(place: Platform, user_id: str) -> str:
    return Cluster(place).ask("samtal", f"""SELECT (SELECT count(*) FROM users WHERE user_id = '{user_id}')
        + (SELECT count(*) FROM profiles WHERE user_id = '{user_id}') + (SELECT count(*) FROM phone_assignments WHERE user_id = '{user_id}')
        + (SELECT count(*) FROM invitations WHERE user_id = '{user_id}')""")[0][0]


def test_I1_who_never_takes_up_an_invitation_is_erased(place: Platform, org: str) -> None:
    gone, recent, held = (people.invite(place, org) for _ in range(3))
    place.ctl("hold", "add", "--user", held.user_id, "--case", "T 9-26")
    of_age(place, held, "45 days", "31 days")
    of_age(place, recent, "43 days", "29 days")
    of_age(place, gone, "45 days", "31 days")
    keys = Cluster(place, "postgres-keys")
    eventually(lambda: rows_of(place, gone.user_id) == "0", 40, "the invited person is gone")
    assert rows_of(place, recent.user_id) == rows_of(place, held.user_id) == "4"
    assert keys.ask("samtal_keys", f"SELECT count(*) FROM subject_keys WHERE subject_id = '{gone.user_id}'") == [["0"]]
    assert Cluster(place).ask("samtal", "SELECT count(*) FROM audit_leaves WHERE act = 'rights.invitation_lapsed'") == [["2"]]
    assert people.activate(people.invite(place, org, phone=gone.phone)).user_id != gone.user_id, "the number is free again"
    place.ctl("hold", "release", "--user", held.user_id, "--case", "T 9-26")
    eventually(lambda: rows_of(place, held.user_id) == "0", 40, "the hold is released")


def test_I1_each_run_leaves_a_report(place: Platform) -> None:
    run(place, "2020-01-01")
    newest = place.ctl("retention", "reports", "--limit", "1")["items"]
    assert len(newest) == 1
    assert (newest[0]["kind"], newest[0]["now"]) == ("manual", "2020-01-01T00:00:00.000Z")
    assert newest[0]["ended_at"] and set(newest[0]["counts"]) == set(run(place, None, "--dry-run"))


def test_I1_the_metric_names_every_category(place: Platform) -> None:
    run(place)
    lines = requests.get(place.metrics_url, timeout=10).text.splitlines()
    found = {line.split('category="')[1].split('"')[0]: float(line.rsplit(" ", 1)[1]) for line in lines
             if line.startswith("samtal_retention_overdue_rows{")}
    assert set(found) == set(run(place, None, "--dry-run"))
    assert set(found.values()) == {0.0}


def test_I1_the_service_answers_while_much_is_deleted(place: Platform, employ: Hire) -> None:
    one, two = employ(), employ()
    conversation = people.conversation(one, two)
    socket = one.socket()
    socket.say(conversation, "först")
    Cluster(place).ask("samtal", f"""WITH m AS (
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, removed, sent_at, decision_id)
        SELECT c.organisation_id, c.conversation_id, n, gen_random_uuid(), c.creator_id, gen_random_uuid(), 'deleted',
               now() - interval '3 years', gen_random_uuid() FROM conversations c, generate_series(2, 30000) AS n
         WHERE c.conversation_id = '{conversation}' RETURNING seq)
        UPDATE conversations SET last_seq = (SELECT max(seq) FROM m) WHERE conversation_id = '{conversation}'""")
    answer: dict[str, Any] = {}
    deleting = threading.Thread(target=lambda: answer.update(run(place)))
    deleting.start()
    slowest, said = 0.0, 0
    while deleting.is_alive():
        begin = datetime.datetime.now()
        socket.say(conversation, "under tiden")
        ok(one.client.get("/v1/me"), 200)
        slowest = max(slowest, (datetime.datetime.now() - begin).total_seconds())
        said += 1
    deleting.join()
    assert answer["messages"] == 29_999
    assert said >= 3 and slowest < 2, (said, slowest)
    assert first_and_last(one.client, conversation) == (1, 30_000 + said)
    assert history(one.client, conversation)[0] == 30_000 + said


def test_I1_nothing_is_kept_for_authorities_by_a_closed_group(place: Platform, employ: Hire, pbx: Client) -> None:
    one, two = employ(role="admin"), employ(role="admin")
    report_call(pbx, one, two, "law")
    assert Cluster(place).ask("samtal", "SELECT count(*) FROM law_retention_calls") == [["0"]]
    done = place.run_ctl("authority-disclosure", "--case", "AM 1-26", "--number", one.phone, "--from", "2026-01-01",
                         "--to", in_days(1), "--by", one.user_id, "--second", two.user_id)
    assert done.returncode == 1 and "keeps nothing" in done.stderr


@pytest.mark.parametrize("arguments", [
    ("hold", "add", "--user", "nobody", "--case", "T 1"),
    ("hold", "add", "--user", "0198c0de-0000-7000-8000-000000000000", "--case", "T 1"),
    ("retention", "run", "--now", "soon"),
])
def test_I1_bad_input_is_refused(place: Platform, arguments: tuple[str, ...]) -> None:
    assert place.run_ctl(*arguments).returncode == 1
