"""An erasure ends with its certificate, whatever dies meanwhile, and a backup brings nobody back (policy J1)."""
from __future__ import annotations

import shutil
import signal
import subprocess
from typing import Any

import pytest

from support import people
from support.client import Client, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually, signal_all

REQUESTS = "/v1/privacy/requests"
MESSAGES = 20_000


@pytest.fixture(scope="module")
def organisation(platform: Platform) -> str:
    return people.organisation(platform)


def write_much(platform: Platform, who: Person, place: str) -> None:
    """Behind the server's back, so that the erasure takes a while."""
    Cluster(platform).ask("samtal", f"""
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
            decision_id) SELECT organisation_id, '{place}', n, gen_random_uuid(), user_id, gen_random_uuid(),
            decode(repeat('00', 60), 'hex'), now(), gen_random_uuid() FROM users, generate_series(1, {MESSAGES}) n
            WHERE user_id = '{who.user_id}';
        UPDATE conversations SET last_seq = {MESSAGES} WHERE conversation_id = '{place}'""")


def erase(who: Person) -> dict[str, Any]:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)
    return ok(who.client.post(REQUESTS, {"kind": "erasure"}), 202)


def state(platform: Platform, accepted: dict[str, Any]) -> str:
    try:
        holder = Client(platform.url, accepted["receipt_token"])
        answer = holder.get(f"{REQUESTS}/{accepted['request_id']}", timeout=5)
    except OSError:
        return "away"
    return answer.json().get("state", "away")


def remains(platform: Platform, who: Person) -> bool:
    place = Cluster(platform)
    command = ["setpriv", "--reuid", place.superuser, "--regid", place.superuser, "--init-groups", "pg_dump", "-h",
               place.host, "-p", place.port, "-U", place.superuser, "samtal"]
    return who.user_id in subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout


def erased_so_far(platform: Platform, accepted: dict[str, Any]) -> int:
    rows = Cluster(platform).ask("samtal", f"""SELECT coalesce(sum(erased), 0) FROM erasure_counts
        WHERE request_id = '{accepted['request_id']}'""")
    return int(rows[0][0])


@pytest.mark.parametrize("rows", [0, 1, 5_000, 15_000])
def test_J1_an_erasure_survives_kill_9(platform: Platform, organisation: str, rows: int) -> None:
    who, friend = (people.person(platform, organisation) for _ in range(2))
    place = people.conversation(who, friend)
    write_much(platform, who, place)
    accepted = erase(who)
    if rows > 0:
        eventually(lambda: erased_so_far(platform, accepted) >= rows, 30, "the erasure is under way")
    signal_all(platform.pids("samtal-server"), signal.SIGKILL)
    eventually(lambda: state(platform, accepted) == "done", 60, "the certificate comes")
    holder = Client(platform.url, accepted["receipt_token"])
    said = ok(holder.get(f"{REQUESTS}/{accepted['request_id']}/certificate"), 200)["certificate"]
    assert {one["holding"]: one["rows"] for one in said["erased"]["holdings"]}["messages"] == MESSAGES
    assert not remains(platform, who)
    page = items(Client(platform.url, friend.client.token).get(f"/v1/conversations/{place}/messages?limit=10"))
    assert [message["removed"] for message in page] == ["erased"] * 10


def test_J1_a_backup_brings_nobody_back(platform: Platform, organisation: str) -> None:
    gone, stays = (people.person(platform, organisation) for _ in range(2))
    place = people.conversation(gone, stays)
    gone.socket().say(place, "i säkerhetskopian")
    stays.socket().say(place, "stannar")
    assert platform.stop() == 0
    backup = platform.home / "backup"
    subprocess.run(["cp", "-a", str(platform.data / "postgres"), str(backup)], check=True)
    platform.start()
    gone.client.token = gone.log_in()["access_token"]
    accepted = erase(gone)
    eventually(lambda: state(platform, accepted) == "done", 30, "the erasure is done")
    assert platform.stop() == 0
    shutil.rmtree(platform.data / "postgres")
    subprocess.run(["cp", "-a", str(backup), str(platform.data / "postgres")], check=True)
    platform.start()  # ready, so it has been done again
    assert not remains(platform, gone)
    problem(Client(platform.url).post("/v1/login", {"username": gone.username, "password": gone.password}), 401)
    reader = Client(platform.url, stays.log_in()["access_token"])
    seen = items(reader.get(f"/v1/conversations/{place}/messages"))
    assert [(message.get("text"), message.get("removed")) for message in seen] == [("stannar", None), (None, "erased")]
