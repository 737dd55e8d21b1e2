"""An archive comes whole, whatever dies while it is made (policy J1)."""
from __future__ import annotations

import hashlib
import io
import json
import signal
import zipfile
from typing import Any

import pytest

from support import people
from support.client import ok
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually, signal_all

REQUESTS = "/v1/privacy/requests"
MESSAGES = 100_000


@pytest.fixture(scope="module")
def author(platform: Platform) -> Person:
    """Somebody whose archive takes seconds. The rows are copies of a message, which is sealed to its id."""
    organisation = people.organisation(platform)
    who, friend = (people.person(platform, organisation) for _ in range(2))
    place = people.conversation(who, friend)
    message = {"client_message_id": "018f0000-0000-4000-8000-000000000001", "text": "Hej på dig"}
    ok(who.client.post(f"/v1/conversations/{place}/messages", message), 201)
    Cluster(platform).ask("samtal", f"""
        INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at,
            decision_id) SELECT organisation_id, conversation_id, n, message_id, sender_id, gen_random_uuid(), text, sent_at,
            decision_id FROM messages, generate_series(2, {MESSAGES}) n WHERE conversation_id = '{place}' AND seq = 1;
        UPDATE conversations SET last_seq = {MESSAGES} WHERE conversation_id = '{place}'""")
    return who


def step_up(who: Person) -> None:
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)


def stored(platform: Platform, request: str) -> tuple[int, int]:
    """Pieces, and makings that they belong to."""
    rows = Cluster(platform).ask("samtal", f"""SELECT (SELECT count(*) FROM privacy_archive_pieces WHERE request_id = '{request}'),
        (SELECT count(*) FROM privacy_archives WHERE request_id = '{request}')""")
    return int(rows[0][0]), int(rows[0][1])


def is_ready(who: Person, path: str) -> bool:
    try:
        return bool(who.client.get(path, timeout=5).json().get("state") == "ready")
    except OSError:
        return False


def fetched(who: Person, path: str) -> dict[str, Any]:
    """The manifest of an archive that is as it says."""
    step_up(who)
    answer = who.client.get(path + "/archive")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        assert {one["path"] for one in manifest["files"]} == set(archive.namelist()) - {"manifest.json"}
        for one in manifest["files"]:
            assert hashlib.sha256(archive.read(one["path"])).hexdigest() == one["sha256"]
    return manifest


@pytest.mark.parametrize("pieces", [0, 2])
def test_J1_an_archive_survives_kill_9(platform: Platform, author: Person, pieces: int) -> None:
    step_up(author)
    request = ok(author.client.post(REQUESTS, {"kind": "access"}), 202)["request_id"]
    path = f"{REQUESTS}/{request}"
    eventually(lambda: stored(platform, request) >= (pieces, 1), 30, "the archive is being made")
    signal_all(platform.pids("samtal-server"), signal.SIGKILL)
    left, _ = stored(platform, request)
    assert left >= pieces
    eventually(lambda: is_ready(author, path), 60, "the archive is ready after all")
    rows = {one["path"]: one["rows"] for one in fetched(author, path)["files"]}
    assert rows["data/messages.jsonl"] == rows["data/messages.csv"] == MESSAGES
    assert stored(platform, request)[1] == 1


def test_J1_an_archive_survives_a_stop_which_does_not_wait_for_it(platform: Platform, author: Person) -> None:
    step_up(author)
    request = ok(author.client.post(REQUESTS, {"kind": "portability"}), 202)["request_id"]
    eventually(lambda: stored(platform, request) >= (1, 1), 30, "the archive is being made")
    platform.restart()
    assert not is_ready(author, f"{REQUESTS}/{request}")
    eventually(lambda: is_ready(author, f"{REQUESTS}/{request}"), 60, "the archive is ready after all")
    assert fetched(author, f"{REQUESTS}/{request}")["view"] == "portability"
