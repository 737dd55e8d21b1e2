"""J1: the archive of what is held about a person."""
from __future__ import annotations

import hashlib
import io
import json
import pathlib
import secrets
import uuid
import zipfile
from collections.abc import Callable

import pytest

from support import people
from support.client import ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform, eventually
from support.privacy import REQUESTS, ask, certified, erase, step_up

Hire = Callable[..., Person]
ABSENT = "018f0000-0000-7000-8000-000000000000"


def test_J1_an_archive_is_there_soon_and_needs_step_up_each_time(hire: Hire) -> None:
    who = hire(given_name="Arkiverad")
    step_up(who)
    made = ask(who, "access")
    path = f"{REQUESTS}/{made['request_id']}"
    eventually(lambda: ok(who.client.get(path))["state"] == "ready", 60, "the archive is ready")
    answer = who.client.get(path + "/archive")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "manifest.json" in archive.namelist()
        assert any("Arkiverad" in archive.read(name).decode() for name in archive.namelist() if name.endswith(".jsonl"))
    problem(who.second_client().get(path + "/archive"), 403, "step-up-required")
    problem(who.client.get(f"{REQUESTS}/{ABSENT}/archive"), 404)


def archive_of(who: Person, kind: str = "access") -> tuple[str, bytes]:
    """The request's path, and the ZIP."""
    step_up(who)
    path = f"{REQUESTS}/{ask(who, kind)['request_id']}"
    eventually(lambda: ok(who.client.get(path))["state"] == "ready", 60, "the archive is ready")
    answer = who.client.get(path + "/archive")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return path, answer.content


def pieces_of(platform: Platform, path: str) -> int:
    request = path.rsplit("/", 1)[1]
    return int(Cluster(platform).ask("samtal", f"SELECT count(*) FROM privacy_archive_pieces WHERE request_id = '{request}'")[0][0])


def test_J1_a_large_archive_is_whole_and_its_manifest_right(hire: Hire, platform: Platform) -> None:
    who, other = hire(), hire()
    where = people.conversation(who, other)
    texts = {secrets.token_hex(4000) for _ in range(120)}
    for text in texts:
        message = {"client_message_id": str(uuid.uuid4()), "text": text}
        ok(who.client.post(f"/v1/conversations/{where}/messages", message), 201)
    path, content = archive_of(who)
    assert pieces_of(platform, path) > 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {json.loads(line)["text"] for line in archive.read("data/messages.jsonl").splitlines()} == texts
        listed = {one["path"]: one["sha256"] for one in json.loads(archive.read("manifest.json"))["files"]}
        assert set(listed) == set(archive.namelist()) - {"manifest.json"}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in listed.items())
    certified(platform, erase(who))
    assert pieces_of(platform, path) == 0


def test_J1_whoever_leaves_during_a_download_can_fetch_it_again(hire: Hire) -> None:
    who = hire()
    path, content = archive_of(who)
    with who.client.session.get(who.client.base + path + "/archive", stream=True, timeout=30,
                                headers={"Authorization": f"Bearer {who.client.token}"}) as answer:
        assert answer.raw.read(100) == content[:100]
    assert who.client.get(path + "/archive").content == content


def test_J1_A3_the_receipts_in_an_archive_verify(hire: Hire, platform: Platform, tmp_path: pathlib.Path) -> None:
    who = hire(consents={"call_history": True})
    given = [ok(who.client.get("/v1/consents/call_history/receipt")),
             *(who.consent("partner_sharing", state)["receipt"] for state in ("given", "withdrawn"))]
    step_up(who)
    path = f"{REQUESTS}/{ask(who, 'access')['request_id']}"
    eventually(lambda: ok(who.client.get(path))["state"] == "ready", 60, "the archive is ready")
    with zipfile.ZipFile(io.BytesIO(who.client.get(path + "/archive").content)) as archive:
        lines = archive.read("receipts.jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == given
    file = tmp_path / "receipt.json"
    for line in lines:
        file.write_text(line)
        platform.ctl("consent", "verify-receipt", str(file))
        file.write_text(json.dumps(json.loads(line) | {"event_state": "refused"}))
        with pytest.raises(CommandFailed):
            platform.ctl("consent", "verify-receipt", str(file))


def test_J1_an_archive_goes_with_the_person(hire: Hire, platform: Platform) -> None:
    who = hire()
    step_up(who)
    made = ask(who, "portability")
    eventually(lambda: ok(who.client.get(f"{REQUESTS}/{made['request_id']}"))["state"] == "ready", 60, "the archive is ready")
    certified(platform, erase(who))
    assert Cluster(platform).ask("samtal", f"""SELECT (SELECT count(*) FROM privacy_archives WHERE request_id = '{made['request_id']}'),
        (SELECT count(*) FROM privacy_requests WHERE request_id = '{made['request_id']}' AND user_id IS NULL)""") == [["0", "1"]]
