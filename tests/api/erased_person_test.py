"""After an erasure no database says who the erased person was, and what is kept leads to nobody (policy J1, J2)."""
from __future__ import annotations

import base64
import datetime
import uuid
from collections.abc import Callable

from support import canary, people
from support.client import Client, ok
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"
DATABASES = (("postgres", "samtal"), ("postgres", "samtal_statistics"), ("postgres-keys", "samtal_keys"))


def forms_of(user_id: str) -> dict[str, str]:
    """What a dump could show of an id: its text (also inside of bytes), and its sixteen bytes."""
    raw = uuid.UUID(user_id).bytes
    return {"text": user_id, "bytes": raw.hex(), "base64": base64.b64encode(raw).decode()[:21],
            "base64url": base64.urlsafe_b64encode(raw).decode()[:21]}


def traces(platform: Platform, user_id: str) -> dict[str, list[str]]:
    """Where the dumps of the databases show the id, and in which form."""
    found = {database: [str(one) for one in canary.search_bytes(Cluster(platform, cluster).dump(database), forms_of(user_id),
                                                                platform.data)] for cluster, database in DATABASES}
    return {database: where for database, where in found.items() if where}


def live(platform: Platform, who: Person, friend: Person, switch: Client) -> None:
    """Leaves something in every table that a client or an operator can reach."""
    place = people.conversation(who, friend)
    who.socket().say(place, "det här ska bort")
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    ok(switch.post("/v1/ingest/calls", [{"source_call_id": str(uuid.uuid4()), "caller": {"number": who.phone},
                                         "callee": {"number": friend.phone}, "started_at": now, "ended_at": now,
                                         "outcome": "no_answer"}]), 200)
    for state in ("given", "withdrawn", "given"):
        who.consent("partner_sharing", state)
    platform.ctl("hold", "add", "--user", who.user_id, "--case", "T 7-26", "--organisation", who.organisation)
    platform.ctl("hold", "release", "--user", who.user_id, "--case", "T 7-26")
    platform.ctl("user", "show", who.user_id, "--as", friend.username, "--purpose-code", "support-case")
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)
    asked = {"kind": "objection", "purpose": "anonymous_statistics", "active": True}
    ok(who.client.post(REQUESTS, asked, headers={"Idempotency-Key": "en-gang"}), 202)
    made = ok(who.client.post(REQUESTS, {"kind": "access"}), 202)["request_id"]
    eventually(lambda: ok(who.client.get(f"{REQUESTS}/{made}"))["state"] == "ready", 60, "the archive is ready")


def test_J1_J2_no_database_holds_an_erased_persons_id_in_any_form(hire: Hire, platform: Platform, switch: Client) -> None:
    who, friend = hire(consents={"call_history": True, "marketing": False}), hire(role="admin")
    live(platform, who, friend, switch)
    acts = [row[0] for row in Cluster(platform).ask(
        "samtal", f"SELECT event_id FROM consent_events WHERE user_id = '{who.user_id}'")]
    mark = Cluster(platform).ask("samtal", f"SELECT DISTINCT subject FROM consent_events WHERE user_id = '{who.user_id}'")
    assert len(acts) == 5 and len(mark) == 1
    accepted = ok(who.client.post(REQUESTS, {"kind": "erasure"}), 202)
    holder = Client(platform.url, accepted["receipt_token"])
    eventually(lambda: ok(holder.get(f"{REQUESTS}/{accepted['request_id']}"))["state"] == "done", 60, "the erasure is done")

    assert set(traces(platform, friend.user_id)) == {"samtal", "samtal_keys"}, "the search finds who is there"
    assert traces(platform, who.user_id) == {}

    listed = ", ".join(f"'{act}'" for act in acts)
    kept = Cluster(platform).ask("samtal", f"""SELECT count(*), count(user_id), count(*) FILTER (
        WHERE position(event_id::text in convert_from(document, 'UTF8')) > 0) FROM consent_events WHERE event_id IN ({listed})""")
    assert kept == [["5", "0", "5"]], "the proof stays whole"
    leaves = Cluster(platform).ask("samtal", f"SELECT count(*) FROM audit_leaves WHERE reference IN ({listed})")
    assert leaves == [["5"]], "and so does the audit trail"
