"""What a person can ask for about their own data, and what comes of it (policy J1)."""
from __future__ import annotations

import base64
import datetime
import json
import pathlib
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.client import Client, fields_of, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform, eventually
from support.privacy import REQUESTS, ask, certified, erase, receipt, step_up

Hire = Callable[..., Person]
ABSENT = "018f0000-0000-7000-8000-000000000000"


def dump(platform: Platform, cluster: str = "postgres", database: str = "samtal") -> str:
    place = Cluster(platform, cluster)
    command = ["setpriv", "--reuid", place.superuser, "--regid", place.superuser, "--init-groups", "pg_dump", "-h",
               place.host, "-p", place.port, "-U", place.superuser, database]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", timeout=120).stdout


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_J1_access_needs_step_up_and_is_due_in_a_calendar_month(hire: Hire) -> None:
    who = hire()
    for kind in ("access", "portability", "erasure"):
        problem(who.client.post(REQUESTS, {"kind": kind}), 403, "step-up-required")
    assert items(who.client.get(REQUESTS)) == []
    step_up(who)
    made = ask(who, "access")
    assert made["state"] in ("received", "running", "ready")
    received, due = (datetime.datetime.fromisoformat(made[key]) for key in ("received_at", "due_at"))
    assert 28 <= (due - received).days <= 31
    assert (due.day, due.time()) == (received.day, received.time()) or due.month != received.month
    assert ok(who.client.get(f"{REQUESTS}/{made['request_id']}"), 200)["kind"] == "access"
    assert [one["request_id"] for one in items(who.client.get(REQUESTS))] == [made["request_id"]]


def test_J1_nobody_sees_somebody_elses_request(hire: Hire, anna: Person, david: Person, anyone: Client) -> None:
    who = hire()
    made = ask(who, "restriction", active=False)
    path = f"{REQUESTS}/{made['request_id']}"
    for other in (anna, david):
        for end in ("", "/certificate"):
            problem(other.client.get(path + end), 404, "not-found")
            problem(other.client.get(f"{REQUESTS}/{ABSENT}{end}"), 404, "not-found")
    problem(anyone.get(path), 401)
    for token in ("rcpt_", "rcpt_nonsense", "rcpt_" + "A" * 43):
        problem(Client(anyone.base, token).get(path), 401)
        problem(Client(anyone.base, token).get(REQUESTS), 401)
        problem(Client(anyone.base, token).get("/v1/me"), 401)


@pytest.mark.parametrize("body", [
    {}, {"kind": "everything"}, {"kind": 1}, {"kind": "access", "active": True}, {"kind": "restriction"},
    {"kind": "restriction", "active": "yes"}, {"kind": "objection", "active": True}, {"kind": "rectification"},
    {"kind": "objection", "purpose": "anonymous_statistics"}, {"kind": "rectification", "field": "given_name"},
    {"kind": "rectification", "field": "given_name", "value": ""},
    {"kind": "rectification", "field": "given_name", "value": "a\u0007"},
    {"kind": "rectification", "field": "user_id", "value": ABSENT}, {"kind": "rectification", "field": "given_name", "value": 7},
], ids=json.dumps)
def test_J1_bad_requests_are_refused_and_nothing_is_done(hire: Hire, body: dict[str, Any]) -> None:
    who = hire()
    problem(who.client.post(REQUESTS, body), 400)
    assert items(who.client.get(REQUESTS)) == []


def test_J1_an_objection_to_what_has_no_such_right(hire: Hire) -> None:
    who = hire()
    problem(who.client.post(REQUESTS, {"kind": "objection", "purpose": "no_such_purpose", "active": True}), 404)
    refused = who.client.post(REQUESTS, {"kind": "objection", "purpose": "chat_messaging", "active": True})
    assert fields_of(problem(refused, 409, "not-objectable")) == {"purpose"}


def test_J1_rectification_reaches_every_copy(hire: Hire, anna: Person) -> None:
    who = hire(given_name="Felstavad", family_name="Felsson")
    assert ask(who, "rectification", field="given_name", value="Rättstavad")["state"] == "done"
    ask(who, "rectification", field="family_name", value="Rättsson")
    assert ok(who.client.get("/v1/me/profile"))["given_name"] == "Rättstavad"
    seen = ok(anna.client.get(f"/v1/users/{who.user_id}/profile"))
    assert (seen["given_name"], seen["family_name"]) == ("Rättstavad", "Rättsson")
    found = items(anna.client.get("/v1/directory?query=Rättstavad"))
    assert [one["user_id"] for one in found] == [who.user_id]
    assert items(anna.client.get("/v1/directory?query=Felstavad")) == []


def test_J1_a_repeat_with_an_idempotency_key_is_one_request(hire: Hire) -> None:
    who = hire()
    head = {"Idempotency-Key": "en-gang"}
    body = {"kind": "restriction", "active": False}
    first, second = (ok(who.client.post(REQUESTS, body, headers=head), 202) for _ in range(2))
    assert first == second and len(items(who.client.get(REQUESTS))) == 1


def test_J1_every_act_leaves_its_mark(hire: Hire, platform: Platform) -> None:
    who = hire()
    made = [ask(who, "restriction", active=True), ask(who, "restriction", active=False),
            ask(who, "objection", purpose="anonymous_statistics", active=True),
            ask(who, "rectification", field="given_name", value="Ny")]
    for request, act in zip(made, ("rights.restricted", "rights.restriction_lifted", "rights.objected", "rights.rectified")):
        rows = Cluster(platform).ask("samtal", f"""SELECT act, octet_length(actor), actor = subject FROM audit_leaves
            WHERE reference = '{request['request_id']}'""")
        assert rows == [[act, "32", "t"]]


# --- erasure


def test_J1_an_erasure_that_a_legal_claim_stops_says_so_and_goes_on_after_it(hire: Hire, platform: Platform) -> None:
    who = hire()
    platform.ctl("hold", "add", "--user", who.user_id, "--case", "T 8-26", "--organisation", who.organisation)
    accepted = erase(who)
    holder, path = receipt(platform, accepted), f"{REQUESTS}/{accepted['request_id']}"
    assert eventually(lambda: ok(holder.get(path), 200).get("waits_for"), 30, "it says what it waits for") == "legal_hold"
    platform.ctl("hold", "release", "--user", who.user_id, "--case", "T 8-26")
    certified(platform, accepted)


def test_J1_an_erased_person_is_gone(hire: Hire, platform: Platform, anyone: Client) -> None:
    who, friend = hire(given_name="Borttagen", consents={"call_history": True}), hire()
    place, group = people.conversation(who, friend), people.conversation(who, friend, title="Min hemliga titel")
    own = who.socket()
    own.say(place, "det här ska bort")
    own.say(group, "och det här")
    friend.socket().say(place, "det här är mitt")
    accepted = erase(who)
    assert set(accepted) >= {"request_id", "state", "due_at", "receipt_token"}
    # Locked out with the answer.
    assert own.closed() == 4001
    problem(who.client.get("/v1/me"), 401)
    document = certified(platform, accepted)

    unknown = problem(anyone.post("/v1/login", {"username": people.fresh_name(), "password": who.password}), 401)
    known = problem(anyone.post("/v1/login", {"username": who.username, "password": who.password}), 401)
    assert {k: v for k, v in unknown.items() if k != "instance"} == {k: v for k, v in known.items() if k != "instance"}

    history = items(friend.client.get(f"/v1/conversations/{place}/messages"))
    assert [(m["seq"], m.get("text"), m.get("removed"), "sender_id" in m) for m in history] == [
        (2, "det här är mitt", None, True), (1, None, "erased", False)]
    reader = friend.socket()
    assert reader.ask({"type": "sync", "positions": {place: {"seq": 0}}})["type"] == "sync.done"
    assert [(m["seq"], m.get("removed")) for m in reader.passed_by if m["type"] == "message.new"] == [(1, "erased"), (2, None)]
    kept = ok(friend.client.get(f"/v1/conversations/{group}"))
    assert [(member["user_id"], member["role"]) for member in kept["members"]] == [(friend.user_id, "owner")]
    assert kept.get("title") is None
    problem(friend.client.get(f"/v1/users/{who.user_id}/profile"), 404)
    assert items(friend.client.get("/v1/directory?query=Borttagen")) == []

    text = dump(platform)
    assert friend.user_id in text, "the dump is one of the right database"
    assert who.user_id not in text and who.user_id.replace("-", "") not in text
    assert document["certificate"]["erased"]["by_category"]["content"] >= 2
    assert who.user_id not in json.dumps(document)


def verifies(document: dict[str, Any], signed: str, folder: pathlib.Path) -> bool:
    """As anybody can, with OpenSSL: Ed25519 (RFC 8410 key) over the signed text."""
    key, text, signature = folder / "key.der", folder / "text", folder / "signature"
    key.write_bytes(bytes.fromhex("302a300506032b6570032100") + decoded(document["public_key"]))
    text.write_text(signed)
    signature.write_bytes(decoded(document["signature"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", str(key), "-rawin", "-in", str(text),
               "-sigfile", str(signature)]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_J1_the_certificate_verifies_offline_and_says_what_is_kept(hire: Hire, platform: Platform,
                                                                   tmp_path: pathlib.Path) -> None:
    document = certified(platform, erase(hire()))
    assert verifies(document, document["signed"], tmp_path)
    assert not verifies(document, document["signed"] + " ", tmp_path)
    title, _, body = document["signed"].partition("\n")
    assert title == "samtal erasure certificate v1" and json.loads(body) == document["certificate"]
    said = document["certificate"]
    assert said["key_destroyed"] is True and {"identity", "contact"} <= set(said["erased"]["by_category"])
    assert said["kept"] and all(one["why"]["sv"] and one["why"]["en"] for one in said["kept"])


def test_J1_a_receipt_opens_its_own_request_only(hire: Hire, platform: Platform) -> None:
    first, second = erase(hire()), erase(hire())
    certified(platform, first), certified(platform, second)
    holder = receipt(platform, first)
    for end in ("", "/certificate"):
        problem(holder.get(f"{REQUESTS}/{second['request_id']}{end}"), 404)
    problem(holder.get(f"{REQUESTS}/{first['request_id']}/archive"), 401)
    for method, path in (("GET", REQUESTS), ("POST", REQUESTS), ("GET", "/v1/me"), ("GET", "/v1/consents")):
        problem(holder.call(method, path), 401)
    Cluster(platform).ask("samtal", f"""UPDATE privacy_requests SET receipt_expires_at = now() - interval '1 second'
        WHERE request_id = '{first['request_id']}'""")
    problem(holder.get(f"{REQUESTS}/{first['request_id']}"), 401)


def test_J1_user_name_and_number_are_free_again(hire: Hire, platform: Platform, organisation: str) -> None:
    gone = hire()
    certified(platform, erase(gone))
    invited = people.invite(platform, organisation, phone=gone.phone)
    again = people.activate(invited, username=gone.username)
    assert again.user_id != gone.user_id


def test_J1_an_administrator_cannot_open_what_is_being_erased(hire: Hire, platform: Platform) -> None:
    who = hire()
    certified(platform, erase(who))
    with pytest.raises(CommandFailed):
        platform.ctl("user", "activate", who.user_id)


def test_J1_a_restricted_person_can_be_erased(hire: Hire, platform: Platform) -> None:
    who = hire()
    ask(who, "restriction", active=True)
    certified(platform, erase(who))
    assert who.user_id not in dump(platform)


# --- the operator's desk


def unanswered(who: Person, platform: Platform) -> str:
    """A request that no round answers: one that was done, made open again behind the server's back."""
    made = ask(who, "restriction", active=False)["request_id"]
    Cluster(platform).ask("samtal", f"UPDATE privacy_requests SET state = 'received', done_at = NULL WHERE request_id = '{made}'")
    return made


def test_J1_the_operator_extends_and_refuses_for_a_reason(hire: Hire, platform: Platform) -> None:
    who = hire()
    made = unanswered(who, platform)
    assert made in [one["request_id"] for one in platform.ctl("privacy", "list")["items"]]
    before = ok(who.client.get(f"{REQUESTS}/{made}"))
    platform.ctl("privacy", "extend", made, "--reason", "Många loggar att gå igenom")
    after = ok(who.client.get(f"{REQUESTS}/{made}"))
    assert after["due_at"] > before["due_at"] and after["reason"] == "Många loggar att gå igenom"
    with pytest.raises(CommandFailed):
        platform.ctl("privacy", "extend", made, "--reason", "En gång till")
    assert platform.ctl("privacy", "show", made)["user_id"] == who.user_id
    platform.ctl("privacy", "refuse", made, "--reason", "Upprepad utan mått")
    assert ok(who.client.get(f"{REQUESTS}/{made}"))["state"] == "refused"
    with pytest.raises(CommandFailed):
        platform.ctl("privacy", "refuse", made, "--reason", "Igen")
    marks = Cluster(platform).ask("samtal", f"SELECT act FROM audit_leaves WHERE reference = '{made}' ORDER BY leaf_id")
    assert [mark for [mark] in marks] == ["rights.restriction_lifted", "rights.extended", "staff.read_request", "rights.refused"]


def test_J4_a_person_without_an_account_gets_an_honest_answer(platform: Platform, hire: Hire) -> None:
    stranger, user = people.fresh_number(), hire()
    arguments = ["privacy", "intake", "--kind", "access", "--reference", "2026-17"]
    with pytest.raises(CommandFailed):
        platform.ctl(*arguments, "--number", stranger)
    answer = platform.ctl(*arguments, "--number", stranger, "--identity-checked")
    assert answer["answer"] == "not_identified" and "Art. 11" in answer["explanation"]
    assert platform.ctl(*arguments, "--number", user.phone, "--identity-checked")["answer"] == "has_account"
    platform.ctl("user", "number", "end", user.user_id, "--phone", user.phone)
    assert platform.ctl(*arguments, "--number", user.phone, "--identity-checked")["answer"] == "had_account"
    with pytest.raises(CommandFailed):
        platform.ctl(*arguments, "--number", "112", "--identity-checked")
    assert stranger not in dump(platform)


def test_J1_open_requests_are_in_the_metrics(hire: Hire, platform: Platform) -> None:
    made = unanswered(hire(), platform)
    Cluster(platform).ask("samtal", f"UPDATE privacy_requests SET due_at = now() - interval '2 days' WHERE request_id = '{made}'")

    def text() -> str:
        return Client(platform.metrics_url).get("").text

    eventually(lambda: 'samtal_privacy_requests_open{kind="restriction"}' in text(), 10, "the request is counted")
    eventually(lambda: "samtal_privacy_requests_days_to_deadline -2" in text()
               or "samtal_privacy_requests_days_to_deadline -1.99" in text(), 10, "the deadline has passed")
    assert "samtal_privacy_requests_overdue 0" not in text()
    platform.ctl("privacy", "refuse", made, "--reason", "slut")
